"""The rows of plugins keep what every row promises: IMPASTO_PLUGINS=FILE pytest -k NAME."""

import os

import impasto

for path in filter(None, os.environ.get("IMPASTO_PLUGINS", "").split(os.pathsep)):
    impasto.load_plugin(path)
