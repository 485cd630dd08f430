"""A painting during and after the work."""
