"""The function of the image that painting minimizes: a weighted sum of named terms."""
