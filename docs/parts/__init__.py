"""What `docs/generate.py` writes into the pages, each part by a function that takes nothing."""
