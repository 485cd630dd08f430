"""What is told while it is painted: status, numbers, loss curve, queue, and sentences.

Everything that came from a person is escaped. Colors and sizes are in ``studio.css``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote

from impasto.run import clock, losses
from impasto.studio.entry import thin
from impasto.studio.tasks import AnyTask, Task, TaskState, Turn

CURVE_WIDTH, CURVE_HEIGHT = 240, 48
"""Of the loss curve, in its own units."""

FEWEST_POINTS = 5
"""Of a curve that says something."""


def download_name(title: str) -> str:
    """Return what a download is called, without its suffix.

    Example:
        >>> download_name("Cat in the style of swirls")
        'cat-in-the-style-of-swirls'
    """
    return "".join(c if c.isalnum() else "-" for c in title).strip("-").lower()[:80]


def url(path: Path) -> str:
    """Return where the page finds a file of the studio."""
    return f"gradio_api/file={quote(path.as_posix())}"


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
    tasks = [task for task in tasks if task.turn is Turn.IN_ORDER]
    if not tasks or (len(tasks) == 1 and tasks[0] is shown):
        return ""
    rows = []
    for task in tasks:
        whose = " <em>(this page)</em>" if task.session == session else ""
        share = f" {round(100 * task.share)} %" if task.state is TaskState.PAINTING else ""
        title = task.title if is_own(task) else "something of somebody else"
        rows.append(f"<li>{escape(title)}{whose}: {task.state.value}{share}</li>")
    return f'<section class="queue"><h2>Queue</h2><ol>{"".join(rows)}</ol></section>'


def notice(words: str, bad: bool = False) -> str:
    """Return a sentence, with a capital, that is also read aloud when it appears."""
    if not words:
        return '<div class="notice" role="status"></div>'
    return (
        f'<div class="notice{" bad" if bad else ""}" role="{"alert" if bad else "status"}">'
        f"{escape(words[:1].upper() + words[1:])}</div>"
    )
