"""The pictures of the documentation, painted from the project's own samples: `make pictures`."""
