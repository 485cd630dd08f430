"""Dials and rows of choices, the controls that are always in sight; ``dials.js`` moves them."""

from __future__ import annotations

from html import escape

from impasto.studio.form import Control
from impasto.studio.words import CHOICE_WORDS, DIALS, Mark, own_picture


def dial(this: Control) -> str:
    """Return a slider over a logarithmic scale, the words on it, and the number."""
    known = DIALS[this.name]
    label = f"dial-{this.name}"
    return (
        f'<div class="dial" data-low="{known.low:.6g}" data-high="{known.high:.6g}" '
        f'data-step="{known.step}"><div class="top"><span class="title" id="{label}">'
        f'{escape(known.title)}</span><span class="faint">{escape(this.help)}</span>'
        f'<label class="exact"><input type="text" inputmode="decimal" autocomplete="off" '
        f'aria-label="{escape(known.title)}, as a number"><span>{escape(known.unit)}</span></label>'
        f'</div><input type="range" min="0" max="1000" step="1" aria-labelledby="{label}">'
        f'<div class="marks">{"".join(map(mark, known.marks))}</div></div>'
    )


def mark(this: Mark) -> str:
    """Return a word of a dial. Keyboards have the slider, and need not stop here."""
    picture = f'<img src="{own_picture(this.picture)}" alt="">' if this.picture else ""
    return (
        f'<button type="button" tabindex="-1" data-value="{this.value:g}">{picture}'
        f"<span>{escape(this.word)}</span></button>"
    )


def segments(this: Control) -> str:
    """Return choices side by side; those that have no word of their own are behind the last."""
    named = CHOICE_WORDS[this.name]
    shown = "".join(
        f'<label><input type="radio" name="segment-{this.name}" value="{escape(value)}">'
        f"<span>{escape(label)}</span></label>"
        for label, value in this.choices
        if value in named
    )
    others = "".join(
        f'<option value="{escape(value)}">{escape(label)}</option>'
        for label, value in this.choices
        if value not in named
    )
    if others:
        shown += (
            f'<select aria-label="{escape(this.label)}: others"><option value="">Others</option>'
            f"{others}</select>"
        )
    return (
        f'<fieldset class="segments"><legend><span class="title">{escape(this.label)}</span>'
        f'<span class="faint">{escape(this.help)}</span></legend><div>{shown}</div></fieldset>'
    )
