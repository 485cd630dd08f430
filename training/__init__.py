"""How the pocket network was distilled: data, recipe, evaluation. See README.md."""
