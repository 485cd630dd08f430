"""What is on the stage: a pair at first, the photograph, the picture so far, and the finished one.

``stage.js`` moves it. Everything that came from a person is escaped.
"""

from __future__ import annotations

import functools
from html import escape

from impasto.studio.entry import Entry
from impasto.studio.inputs import Upload
from impasto.studio.store import Store
from impasto.studio.tasks import Task, TaskState
from impasto.studio.views import url
from impasto.studio.words import own_picture

INVITATION = """<p class="invitation">Drop a photograph anywhere, and choose a style.</p>"""

SKETCHED = "A sketch. Press Paint for the picture."

TOOLS = """<div class="tools">
<button type="button" data-do="hold">Hold to compare</button>
<button type="button" data-do="zoom" aria-pressed="false">Every pixel</button>
<button type="button" data-do="fullscreen">Full screen</button></div>"""


@functools.cache
def landing() -> str:
    """Return what a page begins with: a photograph and what became of it, from the samples."""
    before, after = own_picture("before"), own_picture("after")
    slider = split(after, "a cat, painted", before, "the photograph of a cat")
    return f'<div class="stage compare landing" style="--at: 100%">{slider}</div>{INVITATION}'


def given(content: Upload, styled: bool, sketch: str = "") -> str:
    """Return the photograph that is going to be painted, or its sketch, and what to do next."""
    if sketch:
        words, source, alt = SKETCHED, sketch, f"{content.label}, sketched"
    else:
        words = "Press Paint." if styled else "Now choose a style, or drop one."
        source, alt = url(content.thumbnail), f"{content.label}, not painted yet"
    return (
        f'<div class="stage given"><img src="{source}" alt="{escape(alt)}"></div>'
        f'<p class="invitation">{words}</p>'
    )


def sketch_figure(picture: str) -> str:
    """Return a sketch of what the form says, as it is seen beside it."""
    if not picture:
        return ""
    return f'<figure><img src="{picture}" alt=""><figcaption>{SKETCHED}</figcaption></figure>'


def split(after: str, alt: str, before: str, other: str) -> str:
    """Return two pictures, one over the other, and the slider between them."""
    return (
        f'<img src="{after}" alt="{escape(alt)}">'
        f'<img class="before" src="{before}" alt="{escape(other)}">'
        '<input type="range" min="0" max="100" value="0" step="1" '
        f'aria-label="How much to show, from the left, of {escape(other)}" '
        "oninput=\"this.parentNode.style.setProperty('--at', this.value + '%')\">"
    )


def ratio(width: int, height: int) -> str:
    """Return the shape of a stage, as a style."""
    return f'style="--ratio: {width} / {height}; --wide: {width / height:.4f}"'


def unfinished(store: Store, task: Task, preview: str, before: Entry | None) -> str:
    """Return the picture so far; until there is one, its sketch, or the last one shown, dimmed."""
    result = task.result  # the worker takes it away at the end
    if not preview or result is None:
        words = (
            "Getting ready …" if task.state is not TaskState.WAITING else "Waiting for its turn …"
        )
        if task.sketch:
            return waiting(task.sketch, 'class="stage waiting given"', words)
        if before is not None:
            attributes = f'class="stage waiting dimmed" {ratio(before.width, before.height)}'
            return waiting(url(store.shown(before, "after")), attributes, words)
        return f'<div class="stage empty"><p class="invitation">{words}</p></div>'
    job = result.job
    height, width = job.sizes.shape(job.settings.size)
    return (
        f'<div class="stage" {ratio(width, height)}>'
        f'<img class="live" src="{preview}" decoding="sync" '
        f'alt="{escape(task.title)}, not finished yet"></div>'
    )


def waiting(source: str, attributes: str, words: str) -> str:
    """Return a picture in the place of one that is not there yet, and why."""
    return f'<div {attributes}><img src="{source}" alt=""><p class="invitation">{words}</p></div>'


def finished(store: Store, entry: Entry, beside: Entry | None = None) -> str:
    """Return a finished picture, with a slider between it and the photograph, or another one."""
    after = url(store.shown(entry, "after"))
    if beside is None:
        pictures = split(after, entry.title, url(store.shown(entry, "before")), "the photograph")
    else:
        pictures = split(after, entry.title, url(store.shown(beside, "after")), beside.title)
    return (
        f'<div class="frame" {ratio(entry.width, entry.height)}><div class="stage compare" '
        f'data-full="{url(store.picture(entry))}" data-width="{entry.width}">{pictures}</div>'
        f"{TOOLS}</div>"
    )
