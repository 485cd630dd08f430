"""A painting before the work: everything read, checked and chosen."""
