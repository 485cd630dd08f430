"""The parts of the page that are drawn here: picture, status, queue, loss curve, details.

Everything that came from a person is escaped. Colors and sizes are in ``studio.css``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote

from impasto.job import Recipe
from impasto.registry import INITIALIZERS
from impasto.run import clock, losses
from impasto.studio.form import is_open, to_page
from impasto.studio.inputs import Upload
from impasto.studio.store import Entry, Store, thin
from impasto.studio.tasks import Task, TaskState

CURVE_WIDTH, CURVE_HEIGHT = 240, 48
"""Of the loss curve, in its own units."""

EMPTY = """
<div class="stage empty"><p class="invitation">Drop a photograph and a painting,
and press <b>Paint</b>.</p><p>The picture comes into being here.</p></div>"""


def url(path: Path) -> str:
    """Return where the page finds a file of the studio."""
    return f"gradio_api/file={quote(path.as_posix())}"


def unfinished(task: Task, preview: str) -> str:
    """Return the picture so far."""
    result = task.result  # the worker takes it away at the end
    if not preview or result is None:
        words = (
            "Getting ready …" if task.state is not TaskState.WAITING else "Waiting for its turn …"
        )
        return f'<div class="stage empty"><p class="invitation">{words}</p></div>'
    job = result.job
    height, width = job.sizes.shape(job.settings.size)
    return (
        f'<div class="stage" style="--ratio: {width} / {height}; --wide: {width / height:.4f}">'
        f'<img class="live" src="{preview}" decoding="sync" '
        f'alt="{escape(task.title)}, not finished yet"></div>'
    )


def finished(store: Store, entry: Entry) -> str:
    """Return a finished picture, with a slider between it and the content image."""
    title = escape(entry.title)
    return (
        f'<div class="stage compare" style="--ratio: {entry.width} / {entry.height}; '
        f'--wide: {entry.width / entry.height:.4f}">'
        f'<img src="{url(store.shown(entry, "after"))}" alt="{title}">'
        f'<img class="before" src="{url(store.shown(entry, "before"))}" alt="the photograph">'
        '<input type="range" min="0" max="100" value="0" step="1" '
        'aria-label="How much of the photograph to show, from the left" '
        "oninput=\"this.parentNode.style.setProperty('--at', this.value + '%')\">"
        "</div>"
    )


def status(task: Task) -> str:
    """Return a line that says what happens, with a bar and the loss curve while it is painted."""
    result = task.result  # the worker takes it away at the end
    if task.state is TaskState.PAINTING and result is not None:
        step, levels = result.last, result.job.levels
        number = [level.size for level in levels].index(step.size)
        curve = thin([(each.index, each.total) for each in list(result.history)])
        words = (
            f"<b>{step.size} pixels</b> <span>scale {number + 1} of {len(levels)}, evaluation "
            f"{step.iteration} of {levels[number].evaluations}</span> "
            f"<span>about {clock(task.left)} left</span>"
        )
        return (
            f'<div class="status"><p>{words}</p>{bar(task.share)}'
            f"<figure>{chart(curve)}<figcaption>loss {step.total:.4g} "
            f"({losses(step)})</figcaption></figure></div>"
        )
    return f'<div class="status"><p>{sentence(task)}</p></div>'


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
    box = f"0 0 {CURVE_WIDTH} {CURVE_HEIGHT}"
    if len(points) < 2:
        return f'<svg class="curve" viewBox="{box}" aria-hidden="true"></svg>'
    low, high = min(y for _, y in points), max(y for _, y in points)
    first, last = points[0][0], points[-1][0]
    across, up = CURVE_WIDTH / max(last - first, 1), (CURVE_HEIGHT - 4) / max(high - low, 1e-9)
    path = " ".join(f"{(x - first) * across:.1f},{2 + (high - y) * up:.1f}" for x, y in points)
    label = f"Loss from {curve[0][1]:.4g} to {curve[-1][1]:.4g} in {curve[-1][0]} evaluations"
    return (
        f'<svg class="curve" viewBox="{box}" preserveAspectRatio="none" role="img" '
        f'aria-label="{label}"><polyline points="{path}"/></svg>'
    )


def queue(tasks: Sequence[Task], session: str, own: Task | None) -> str:
    """Return the list of what is painted and what waits, in order."""
    if not tasks or (len(tasks) == 1 and tasks[0] is own):
        return ""
    rows = []
    for task in tasks:
        whose = " <em>(this page)</em>" if task.session == session else ""
        share = f" {round(100 * task.share)} %" if task.state is TaskState.PAINTING else ""
        rows.append(f"<li>{escape(task.title)}{whose}: {task.state.value}{share}</li>")
    return f'<section class="queue"><h2>Queue</h2><ol>{"".join(rows)}</ol></section>'


def details(store: Store, entry: Entry, recipe: Recipe | None) -> str:
    """Return what is told of a finished picture: its download, its numbers and its settings."""
    name = "".join(c if c.isalnum() else "-" for c in entry.title).strip("-").lower()[:80]
    stopped = ", stopped" if entry.stopped else ""
    numbers = (
        f"{entry.width} × {entry.height} pixels, {entry.evaluations} evaluations in "
        f"{clock(entry.seconds)}{stopped}"
    )
    settings = ""
    if recipe is not None:
        rows = "".join(
            f"<tr><th scope='row'>{escape(key)}</th><td>{escape(plain(value))}</td></tr>"
            for key, value in recipe.settings.to_dict().items()
            if is_open(key) and (key != "init" or value in INITIALIZERS)
        )
        settings = f"<details><summary>Settings</summary><table>{rows}</table></details>"
    return (
        f'<section class="details"><h2>{escape(entry.title)}</h2><p>{numbers}</p>'
        f"<figure>{chart(entry.curve)}</figure>"
        f'<p><a class="download" href="{url(store.picture(entry))}" '
        f'download="{escape(name)}.png">Download in full resolution</a></p>{settings}</section>'
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


def strip(items: Sequence[Upload | Entry], store: Store, empty: str = "") -> str:
    """Return small pictures to choose from, each a button that knows a name and nothing else."""
    if not items:
        return f'<p class="faint">{escape(empty)}</p>' if empty else ""
    buttons = []
    for item in items:
        if isinstance(item, Entry):
            label, source = item.title, url(store.shown(item, "small"))
        else:
            label, source = item.label, url(item.thumbnail)
        buttons.append(choice(item.name, label, source))
    return f'<div class="strip">{"".join(buttons)}</div>'


def choice(name: str, label: str, source: str) -> str:
    """Return one picture to choose."""
    return (
        f'<button type="button" data-name="{escape(name)}" title="{escape(label)}">'
        f'<img src="{source}" alt="{escape(label)}" loading="lazy"></button>'
    )


def sheet(tasks: Sequence[Task]) -> str:
    """Return variants to choose from: style strength down, stroke scale across."""
    if not tasks:
        return ""
    cells = []
    for at, task in enumerate(tasks):
        scale = task.settings.style_scale
        label = f"strength {task.settings.style_weight:g}, scale {to_page('style_scale', scale)}"
        if task.picture:
            picture = choice(str(at), label, task.picture)
        else:
            words = task.sentence if task.state is TaskState.FAILED else task.state.value
            picture = f'<div class="pending">{escape(words)}</div>'
        cells.append(f"<figure>{picture}<figcaption>{escape(label)}</figcaption></figure>")
    return (
        "<section><h2>Variants</h2><p>Choose one: its settings go into the form.</p>"
        f'<div class="sheet">{"".join(cells)}</div></section>'
    )
