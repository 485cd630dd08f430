"""Pictures to choose from, as the page shows them: what is here, styles, variants, the blind trial.

Each is a button that knows a name and nothing else. Everything that came from a person is escaped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from itertools import product

from impasto.errors import ImpastoError
from impasto.settings import LOOKS
from impasto.studio.blind import BlindPair
from impasto.studio.entry import Entry
from impasto.studio.files import is_name
from impasto.studio.inputs import Upload
from impasto.studio.store import Store
from impasto.studio.tasks import Task, TaskState
from impasto.studio.variants import SCALES, STRENGTHS
from impasto.studio.views import url
from impasto.studio.words import own_picture


def strip(items: Sequence[Upload | Entry], store: Store, empty: str = "") -> str:
    """Return small pictures to choose from, each a button that knows a name and nothing else."""
    if not items:
        return f'<p class="faint">{escape(empty)}</p>' if empty else ""
    buttons = []
    for item in items:
        if isinstance(item, Entry):
            label, source = item.title, url(store.shown(item, "small"))
            star = STAR if item.starred else ""
        else:
            label, source, star = item.label, url(item.thumbnail), ""
        button = choice(item.name, label, source, star)
        own = isinstance(item, Upload) and is_name(item.name)
        buttons.append(f"<span>{button}{deletion(item.name, label)}</span>" if own else button)
    return f'<div class="strip">{"".join(buttons)}</div>'


STAR = '<span class="star" role="img" aria-label="starred">★</span>'


def choice(name: str, label: str, source: str, more: str = "", kind: str = "") -> str:
    """Return one picture to choose, with what lies upon it; a name there is not said twice."""
    alt = "" if 'class="name"' in more else escape(label)
    return (
        f'<button type="button" data-name="{escape(name)}" title="{escape(label)}"{kind}>'
        f'<img src="{source}" alt="{alt}" loading="lazy">{more}</button>'
    )


def deletion(name: str, label: str) -> str:
    """Return what deletes an upload."""
    what = escape(f"Delete {label}")
    return (
        f'<button type="button" class="delete" tabindex="-1" data-remove '
        f'data-name="{escape(name)}" title="{what}" aria-label="{what}">×</button>'
    )


def samples_of(label: str, draw: Callable[[], Iterable[str]]) -> str:
    """Return buttons to choose samples by, or the sentence why they cannot be read.

    Args:
        label: What they are.
        draw: Returns the buttons.
    """
    try:
        buttons = "".join(draw())
    except ImpastoError as error:  # a package is missing, or the disk is full
        return f'<p class="faint">{escape(str(error))}</p>'
    return f'<div class="gallery" role="group" aria-label="{escape(label)}">{buttons}</div>'


def styles(samples: Sequence[Upload], painted: Mapping[str, str], chosen: Upload | None) -> str:
    """Return the sample styles: each as it looks on the photograph, once that is painted.

    Args:
        samples: The styles.
        painted: By their names, the photograph in them, as data URIs.
        chosen: The first style picture of the page.
    """
    buttons = []
    for sample in samples:
        picture, own = painted.get(sample.name), url(sample.thumbnail)
        inset = f'<img class="inset" src="{own}" alt="">' if picture else ""
        pressed = ' aria-pressed="true"' if chosen is not None and chosen == sample else ""
        name = f'<span class="name">{escape(sample.label)}</span>'
        buttons.append(choice(sample.name, sample.label, picture or own, inset + name, pressed))
    return f'<div class="gallery" role="group" aria-label="Styles">{"".join(buttons)}</div>'


def looks(pressed: str = "") -> str:
    """Return the looks as cards, each with what it makes of a sample; one may be pressed."""
    cards = []
    for name, look in LOOKS.items():
        word = name.replace("-", " ").capitalize()
        kind = f' aria-description="{escape(look.summary)}"'
        kind += ' aria-pressed="true"' if name == pressed else ""
        label = f'<span class="name">{escape(word)}</span>'
        cards.append(choice(name, word, own_picture(f"look-{name}"), label, kind))
    return f'<div class="gallery cards" role="group" aria-label="Looks">{"".join(cards)}</div>'


VARIED = (
    dict(zip(STRENGTHS, ("softer", "", "stronger"), strict=True)),
    dict(zip(SCALES, ("finer", "", "broader"), strict=True)),
)
"""What a variant is called, by its factors."""


def sheet(tasks: Sequence[Task]) -> str:
    """Return variants to choose from: style strength down, stroke scale across."""
    if not tasks:
        return ""
    cells = []
    for (strength, scale), (at, task) in zip(
        product(STRENGTHS, SCALES), enumerate(tasks), strict=True
    ):
        words = ", ".join(filter(None, (VARIED[0][strength], VARIED[1][scale])))
        label = words or "as it is"
        if task.picture:
            picture = choice(str(at), label, task.picture)
        else:
            words = task.sentence if task.state is TaskState.FAILED else task.state.value
            picture = f'<div class="pending">{escape(words)}</div>'
        cells.append(f"<figure>{picture}<figcaption>{escape(label)}</figcaption></figure>")
    return (
        '<section><h2>Variants</h2><p class="faint">Choose one: it goes into the form.</p>'
        f'<div class="sheet">{"".join(cells)}</div></section>'
    )


def blind(pair: BlindPair | None, store: Store, answered: int, possible: bool = True) -> str:
    """Return two pictures without their settings, and the question which is liked better.

    Args:
        pair: The pictures; None before somebody has asked for them.
        store: Where they are.
        answered: How many answers this page has given.
        possible: Whether there are two that can be compared.
    """
    thanks = f"<p>{answered} answered. Thank you.</p>" if answered else ""
    if pair is None:
        words = "" if possible else f"<p>{TOO_FEW}</p>"
        start = '<p><button type="button" data-name="start">Show me two</button></p>'
        return f"{HELP_BLIND}{thanks}{words}{start}"
    pictures = "".join(
        choice(side, f"the picture at the {side}", url(store.shown(entry, "after")))
        for side, entry in zip(("left", "right"), pair, strict=True)
    )
    return (
        f'{HELP_BLIND}{thanks}<div class="blind">{pictures}</div>'
        '<p><button type="button" data-name="neither">I cannot say</button></p>'
    )


TOO_FEW = "Paint one photograph twice in the same style first, with different settings."

HELP_BLIND = """<p class="faint">Two of your pictures, painted with different settings that are not
shown. Press the one that you like better: the answers are kept with the settings.</p>"""
