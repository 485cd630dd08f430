"""What is told of a finished picture: its files, its numbers and its settings."""

from __future__ import annotations

import json
from html import escape

from impasto.job import Recipe
from impasto.registry import INITIALIZERS
from impasto.run import clock
from impasto.settings import on_paper
from impasto.studio.entry import Entry
from impasto.studio.form import is_open
from impasto.studio.store import Store
from impasto.studio.views import chart, download_name, url

PRINTED = 300
"""Pixels per inch that printers ask for."""

EXPORTS = """
<button type="button" data-export="jpeg">JPEG</button>
<button type="button" data-export="pair">Before and after</button>
<button type="button" data-export="page">A page to share</button>"""


def details(store: Store, entry: Entry, recipe: Recipe | None) -> str:
    """Return what is told of a finished picture: its download, its numbers and its settings."""
    name = download_name(entry.title)
    stopped = ", stopped" if entry.stopped else ""
    said = (
        f"{entry.width} × {entry.height} pixels ({on_paper(entry.width, entry.height, PRINTED)}), "
        f"{entry.evaluations} evaluations in {clock(entry.seconds)}{stopped}"
    )
    settings = chart(entry.curve)
    settings = f"<figure>{settings}</figure>" if settings else ""
    if recipe is not None:
        rows = "".join(
            f"<tr><th scope='row'>{escape(key)}</th><td>{escape(plain(value))}</td></tr>"
            for key, value in recipe.settings.to_dict().items()
            if is_open(key) and (key != "init" or value in INITIALIZERS)
        )
        settings += f"<table>{rows}</table>"
    return (
        f'<section class="details"><h2>{escape(entry.title)}</h2><p class="faint">{said}</p>'
        f'<p class="files" data-before="{url(store.shown(entry, "before"))}" '
        f'data-after="{url(store.shown(entry, "after"))}">'
        f'<a class="download" href="{url(store.picture(entry))}" '
        f'download="{escape(name)}.png" title="In full resolution">Download PNG</a>{EXPORTS}'
        f"{more(store, entry, name)}</p>"
        f"<details><summary>Details</summary>{settings}</details></section>"
    )


def more(store: Store, entry: Entry, name: str) -> str:
    """Return links to the other files of a picture that are there."""
    files = {"TIFF, 16 bit": store.deep(entry), "Film": store.film(entry)}
    return "".join(
        f'<a class="file" href="{url(file)}" download="{escape(name)}{file.suffix}">{label}</a>'
        for label, file in files.items()
        if file.is_file()
    )


def plain(value: object) -> str:
    """Return a value as it is read."""
    return value if isinstance(value, str) else json.dumps(value)
