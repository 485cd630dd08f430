"""How good a painting is: its distances from style and content."""
