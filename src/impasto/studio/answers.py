"""What the studio tells a page: everything that has changed since it was last told."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import gradio as gr

from impasto.errors import ImpastoError
from impasto.studio import choices, views
from impasto.studio.brushes import brushes
from impasto.studio.page import BUSY, IDLE_SECONDS, StudioPage
from impasto.studio.regions import told
from impasto.studio.studio import Studio
from impasto.studio.tabs import Tab
from impasto.studio.tasks import TaskState

SENT_ALWAYS = {"understood"}
"""Parts that are sent at every look: answers to two strokes may arrive in the wrong order."""

SHOWN = 48
"""Pictures of the history on the page."""


class Answers:
    """Puts what the studio knows into the parts of a page.

    Attributes:
        live: The parts that `state` gives, in its order.
    """

    def __init__(self, page: StudioPage) -> None:
        self.page = page
        self.live = [
            page.stage, page.status, page.numbers, page.numbers_box, page.aloud, page.stop,
            page.after, page.details, page.star,
            page.compare, page.put_back, page.sheet, page.queue, page.history,
            page.content_samples, page.style_samples, page.uploads, page.brushes, page.understood,
            page.timer, *page.wrong,
        ]  # fmt: skip

    def state(self, studio: Studio, tab: Tab) -> list[Any]:
        """Return what has changed on the page since it was last told."""
        tab.advance()
        task, entry = tab.task, tab.entry
        stage, details = views.landing(), ""
        if entry is not None:
            stage = views.finished(studio.store, entry, tab.beside)
            details = views.details(studio.store, entry, recipe(studio, tab))
        elif task is not None and not task.state.final:
            stage = views.unfinished(studio.store, task, studio.preview.of(task), tab.before)
        elif tab.content is not None:
            stage = views.given(tab.content, styled=bool(tab.chosen))
        if tab.on_sheet:
            stage = ""
        idle_sheet = tab.on_sheet and (task is None or task.state.final)
        waiting = studio.worker.unfinished()
        parts = {
            "stage": stage,
            "status": views.status(task) if task is not None and not idle_sheet else "",
            "numbers": views.numbers(task),
            "numbers_box": gr.update(visible=task is not None and task.state is TaskState.PAINTING),
            "aloud": aloud(tab),
            "stop": gr.update(visible=tab.busy),
            "after": gr.update(visible=entry is not None and not tab.on_sheet),
            "details": details,
            "star": gr.update(value="Unstar" if entry is not None and entry.starred else "Star"),
            "compare": gr.update(value="Compare no longer" if tab.beside else "Compare"),
            "put_back": gr.update(visible=tab.removed is not None),
            "sheet": choices.sheet(tab.sheet),
            "queue": views.queue(waiting, tab.session, task, studio.is_own),
            "history": choices.strip(
                studio.store.latest(SHOWN), studio.store, "What you paint is kept here."
            ),
            "content_samples": offers(studio, "photograph"),
            "style_samples": choices.styles(
                studio.inputs.samples("painting"), studio.gallery.of(tab.content), tab.styles[0]
            ),
            "uploads": choices.strip(studio.inputs.recent("painting"), studio.store),
            **self.regions(tab),
            "timer": gr.update(value=BUSY if tab.busy or waiting else IDLE_SECONDS),
            **{
                f"wrong {place}": views.notice(tab.refused.get(place, ""), bad=True)
                for place in range(len(self.page.wrong))
            },
        }
        return [
            value if tab.is_new(part, value) or part in SENT_ALWAYS else gr.skip()
            for part, value in parts.items()
        ]

    def regions(self, tab: Tab) -> dict[str, str]:
        """Return the brush and its pictures, drawn anew only when the brush did not change them."""
        drawn, painted = tab.is_new("redrawn", tab.redrawn), tab.is_new("heard", tuple(tab.heard))
        return {
            "brushes": brushes(tab) if drawn else str(tab.sent["brushes"]),
            "understood": understood(tab) if drawn or painted else str(tab.sent["understood"]),
        }

    def filled(
        self,
        tab: Tab,
        words: str,
        values: dict[str, Any],
        weights: Sequence[float] = (),
        bad: bool = False,
        look: str = "",
    ) -> list[Any]:
        """Return a sentence, the looks, the pictures, and changes of the form."""
        form = [
            gr.update(value=values[name]) if name in values else gr.skip()
            for name in self.page.settings
        ]
        blend = [
            weights[at] if at < len(weights) else gr.skip() for at in range(len(self.page.weights))
        ]
        return [
            views.notice(words, bad),
            choices.looks(look),
            *(str(each.thumbnail) if each else None for each in tab.pictures),
            *form,
            *blend,
        ]


def understood(tab: Tab) -> str:
    """Return what is understood of the regions that are painted."""
    words = told(tab.strokes[0], [tab.strokes[place] for place in tab.chosen])
    return f'<p class="faint">{escape(words)}</p>'


def aloud(tab: Tab) -> str:
    """Return what a screen reader says: it changes only when there is news."""
    task = tab.task
    if task is None:
        return ""
    result = task.result  # the worker takes it away at the end
    if task.state is TaskState.PAINTING and result is not None:
        return f"Painting at {result.size} pixels."
    return views.sentence(task)


def offers(studio: Studio, kind: str) -> str:
    """Return the samples of a kind and the recent uploads of that kind."""
    inputs = studio.inputs
    return choices.strip([*inputs.samples(kind), *inputs.recent(kind)], studio.store)


def recipe(studio: Studio, tab: Tab) -> Any:
    """Return how the picture that is shown was painted, or None if its file is damaged."""
    assert tab.entry is not None
    try:
        return studio.store.recipe(tab.entry)
    except ImpastoError:
        return None
