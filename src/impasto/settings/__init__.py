"""What to paint: every setting once, with its default, unit, range and help."""
