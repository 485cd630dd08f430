"""The part of the page where regions are painted; its behavior is in ``brush.js``."""

from __future__ import annotations

from html import escape

from impasto.studio.inputs import Upload
from impasto.studio.strokes import STROKE_COLORS, Strokes, sent
from impasto.studio.tabs import Tab
from impasto.studio.views import url

HELP = """<p class="faint">What you paint here is restyled, and the rest stays the photograph.
Paint with several colors, and with the same colors on the painting, to choose which part of it
goes where.</p>"""


def brushes(tab: Tab) -> str:
    """Return the brush and the pictures to paint on."""
    pictures = [(at, one) for at, one in enumerate(tab.pictures) if one is not None]
    if not pictures:
        return HELP + '<p class="faint">Choose a photograph first.</p>'
    figures = "".join(easel(at, one, tab.strokes[at]) for at, one in pictures)
    return f'{HELP}<div class="brush">{tools()}{figures}</div>'


def tools() -> str:
    """Return the colors, and the size of the brush."""
    named = [*((name, name) for name in STROKE_COLORS), ("wipe", "wipe out")]
    colors = "".join(
        f'<label title="{label}"><input type="radio" name="brush" value="{name}" '
        f'aria-label="{label}"><span class="swatch {name}"></span></label>'
        for name, label in named
    )
    return (
        f'<div class="tools"><div class="swatches" role="radiogroup" aria-label="Color of the '
        f'brush">{colors}</div><label class="width">Size <input type="range" class="size" min="1" '
        'max="30" value="8" aria-label="Size of the brush"></label></div>'
    )


def easel(place: int, picture: Upload, strokes: Strokes | None) -> str:
    """Return a picture to paint on."""
    what = "Photograph" if place == 0 else "Painting" if place == 1 else f"Painting {place}"
    mask = f' data-mask="{sent(strokes)}"' if strokes is not None else ""
    label = (
        f"Regions of {what.lower()} {escape(picture.label)}: the arrow keys move the brush, with "
        "Shift they paint, and so does the space bar"
    )
    return (
        f'<figure data-place="{place}"><figcaption><span>{what}</span>'
        f'<button type="button" data-do="undo" aria-label="Undo on {what.lower()}">Undo</button>'
        f'<button type="button" data-do="clear" aria-label="Clear {what.lower()}">Clear</button>'
        f'</figcaption><div class="ground"><img src="{url(picture.thumbnail)}" alt="">'
        f'<canvas tabindex="0" role="application" aria-label="{label}" data-place="{place}" '
        f'data-name="{escape(picture.name)}"{mask}></canvas><span class="ring"></span>'
        "</div></figure>"
    )
