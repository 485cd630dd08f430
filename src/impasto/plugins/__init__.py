"""Rows of your own in the tables of choices, from a file or an installed package.

register.py   what a plugin calls: a function for every setting that has such a table
tables.py     these tables, and which plugin a row is of
loading.py    run the file of a plugin, or import the installed ones
plugin.py     Plugin: name, place and SHA-256, as a picture records it
recorded.py   which plugins settings use, and whether those that a picture names are here

A plugin is Python code, and loading it runs it. Nothing but ``--plugin``, ``IMPASTO_PLUGINS``,
`load` and what has been installed loads any: a picture names its plugins, and no more.
"""

from impasto.plugins import register
from impasto.plugins.loading import GROUP, load, load_installed
from impasto.plugins.plugin import Plugin
from impasto.plugins.recorded import check_unchanged, require, state_of, used
from impasto.plugins.tables import owner

__all__ = [
    "GROUP",
    "Plugin",
    "check_unchanged",
    "load",
    "load_installed",
    "owner",
    "register",
    "require",
    "state_of",
    "used",
]
