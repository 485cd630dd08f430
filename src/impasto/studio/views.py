"""The parts of the page that are drawn here: picture, status, queue, loss curve, details.

Everything that came from a person is escaped. Colors and sizes are in ``studio.css``.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote

from impasto.job import Recipe
from impasto.registry import INITIALIZERS
from impasto.run import clock, losses
from impasto.settings import on_paper
from impasto.studio.form import is_open
from impasto.studio.store import Entry, Store, thin
from impasto.studio.tasks import AnyTask, Task, TaskState
from impasto.studio.words import own_picture

PRINTED = 300
"""Pixels per inch that printers ask for."""

CURVE_WIDTH, CURVE_HEIGHT = 240, 48
"""Of the loss curve, in its own units."""

FEWEST_POINTS = 5
"""Of a curve that says something."""

INVITATION = """<p class="invitation">Drop a photograph anywhere, and choose a style.</p>"""

EXPORTS = """
<button type="button" data-export="jpeg">JPEG</button>
<button type="button" data-export="pair">Before and after</button>
<button type="button" data-export="page">A page to share</button>"""

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


def url(path: Path) -> str:
    """Return where the page finds a file of the studio."""
    return f"gradio_api/file={quote(path.as_posix())}"


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
    """Return the picture so far; until there is one, the last that was shown, dimmed."""
    result = task.result  # the worker takes it away at the end
    if not preview or result is None:
        words = (
            "Getting ready …" if task.state is not TaskState.WAITING else "Waiting for its turn …"
        )
        if before is None:
            return f'<div class="stage empty"><p class="invitation">{words}</p></div>'
        return (
            f'<div class="stage dimmed" {ratio(before.width, before.height)}>'
            f'<img src="{url(store.shown(before, "after"))}" alt="">'
            f'<p class="invitation">{words}</p></div>'
        )
    job = result.job
    height, width = job.sizes.shape(job.settings.size)
    return (
        f'<div class="stage" {ratio(width, height)}>'
        f'<img class="live" src="{preview}" decoding="sync" '
        f'alt="{escape(task.title)}, not finished yet"></div>'
    )


def finished(store: Store, entry: Entry, beside: Entry | None = None) -> str:
    """Return a finished picture, with a slider between it and the photograph, or another one."""
    after = url(store.shown(entry, "after"))
    if beside is None:
        pictures = split(after, entry.title, url(store.shown(entry, "before")), "the photograph")
    else:
        pictures = split(after, entry.title, url(store.shown(beside, "after")), beside.title)
    return (
        f'<div class="frame"><div class="stage compare" {ratio(entry.width, entry.height)} '
        f'data-full="{url(store.picture(entry))}" data-width="{entry.width}">{pictures}</div>'
        f"{TOOLS}</div>"
    )


def status(task: Task) -> str:
    """Return a line that says what happens, with a bar while it is painted."""
    result = task.result  # the worker takes it away at the end
    if task.state is TaskState.PAINTING and result is not None:
        sizes = [level.size for level in result.job.levels]
        words = (
            f"<b>Painting</b> <span>about {clock(task.left)} left</span> <span>size "
            f"{sizes.index(result.last.size) + 1} of {len(sizes)}</span>"
        )
        return f'<div class="status"><p>{words}</p>{bar(task.share)}</div>'
    return f'<div class="status"><p>{sentence(task)}</p></div>'


def numbers(task: Task | None) -> str:
    """Return how far a painting is, in numbers, with the loss curve; else nothing."""
    result = task.result if task is not None else None
    if task is None or task.state is not TaskState.PAINTING or result is None:
        return ""
    step, levels = result.last, result.job.levels
    evaluations = {level.size: level.evaluations for level in levels}[step.size]
    curve = thin([(each.index, each.total) for each in list(result.history)])
    return (
        f'<div class="status"><p>{step.size} pixels, evaluation {step.iteration} of {evaluations}'
        f"</p><figure>{chart(curve)}<figcaption>loss {step.total:.4g} ({losses(step)})"
        "</figcaption></figure></div>"
    )


def sentence(task: Task) -> str:
    """Return what has become of a task, in a sentence."""
    if task.state is TaskState.FAILED:
        return f"<strong>It did not work:</strong> {escape(task.sentence)}"
    said = {
        TaskState.WAITING: "Waiting for its turn.",
        TaskState.PREPARING: "Reading the pictures and the network.",
        TaskState.PAINTING: "Painting.",
        TaskState.CANCELED: "Stopped before it began.",
        TaskState.STOPPED: "Stopped, and kept as it was.",
        TaskState.DONE: "Finished.",
    }
    return said[task.state] + (f" On the way {escape(task.sentence)}." if task.sentence else "")


def bar(share: float) -> str:
    """Return a progress bar."""
    now = round(100 * share)
    return (
        f'<div class="bar" role="progressbar" aria-label="Progress" aria-valuemin="0" '
        f'aria-valuemax="100" aria-valuenow="{now}"><div style="width: {now}%"></div></div>'
    )


def chart(curve: Sequence[tuple[int, float]]) -> str:
    """Return a loss curve: evaluations to the right, the logarithm of the loss upwards."""
    points = [(index, math.log(total)) for index, total in curve if total > 0]
    if len(points) < FEWEST_POINTS:
        return ""
    low, high = min(y for _, y in points), max(y for _, y in points)
    first, last = points[0][0], points[-1][0]
    across, up = CURVE_WIDTH / max(last - first, 1), (CURVE_HEIGHT - 4) / max(high - low, 1e-9)
    path = " ".join(f"{(x - first) * across:.1f},{2 + (high - y) * up:.1f}" for x, y in points)
    box = f"0 0 {CURVE_WIDTH} {CURVE_HEIGHT}"
    label = f"Loss from {curve[0][1]:.4g} to {curve[-1][1]:.4g} in {curve[-1][0]} evaluations"
    return (
        f'<svg class="curve" viewBox="{box}" preserveAspectRatio="none" role="img" '
        f'aria-label="{label}"><polyline points="{path}"/></svg>'
    )


def queue(
    tasks: Sequence[AnyTask], session: str, shown: Task | None, is_own: Callable[[AnyTask], bool]
) -> str:
    """Return the list of what is painted and what waits, in order.

    Args:
        tasks: All of them.
        session: The page.
        shown: What the page shows.
        is_own: Tells what the user of the page may know: of other users' pictures, no titles.
    """
    tasks = [task for task in tasks if not task.background]
    if not tasks or (len(tasks) == 1 and tasks[0] is shown):
        return ""
    rows = []
    for task in tasks:
        whose = " <em>(this page)</em>" if task.session == session else ""
        share = f" {round(100 * task.share)} %" if task.state is TaskState.PAINTING else ""
        title = task.title if is_own(task) else "something of somebody else"
        rows.append(f"<li>{escape(title)}{whose}: {task.state.value}{share}</li>")
    return f'<section class="queue"><h2>Queue</h2><ol>{"".join(rows)}</ol></section>'


def details(store: Store, entry: Entry, recipe: Recipe | None) -> str:
    """Return what is told of a finished picture: its download, its numbers and its settings."""
    name = "".join(c if c.isalnum() else "-" for c in entry.title).strip("-").lower()[:80]
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
        f'download="{escape(name)}.png">Download in full resolution</a>{EXPORTS}'
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


def notice(words: str, bad: bool = False) -> str:
    """Return a sentence that is also read aloud when it appears."""
    if not words:
        return '<div class="notice" role="status"></div>'
    return (
        f'<div class="notice{" bad" if bad else ""}" role="{"alert" if bad else "status"}">'
        f"{escape(words)}</div>"
    )
