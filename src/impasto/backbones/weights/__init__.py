"""Weight files: formats, where they are published, and what is checked."""
