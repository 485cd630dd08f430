"""What the studio tells a page: everything that has changed since it was last told."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import gradio as gr

from impasto.errors import ImpastoError
from impasto.job import Recipe
from impasto.studio import choices, stage, views
from impasto.studio.brushes import brushes
from impasto.studio.details import details
from impasto.studio.entry import Entry
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
            page.stage, page.sketch, page.pictured, page.status, page.numbers, page.numbers_box,
            page.aloud, page.stop, page.use_running, page.after, page.details, page.star,
            page.compare, page.put_back, page.sheet, page.queue, page.history,
            page.content_samples, page.style_samples, page.uploads, page.brushes, page.understood,
            page.timer, *page.wrong,
        ]  # fmt: skip

    def state(self, studio: Studio, tab: Tab) -> list[Any]:
        """Return what has changed on the page since it was last told."""
        tab.advance()
        busy = tab.busy or studio.worker.unfinished()
        parts = {
            **shown(studio, tab),
            **choices_of(studio, tab),
            **self.regions(tab),
            "timer": gr.update(value=BUSY if busy else IDLE_SECONDS),
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


def shown(studio: Studio, tab: Tab) -> dict[str, Any]:
    """Return the stage and what lies beneath it."""
    task, entry = tab.task, tab.entry
    painting = task is not None and task.state is TaskState.PAINTING
    adopted = painting and task is not None and task.session != tab.session
    chosen_from = tab.on_sheet and (task is None or task.state.final)
    return {
        "stage": on_stage(studio, tab),
        "sketch": stage.sketch_figure(tab.sketched),
        "pictured": pictured(tab),
        "status": "" if task is None or chosen_from else views.status(task),
        "numbers": views.numbers(task),
        "numbers_box": gr.update(visible=painting),
        "aloud": aloud(tab),
        "stop": gr.update(visible=tab.busy),
        "use_running": gr.update(visible=adopted),
        "after": gr.update(visible=entry is not None and not tab.on_sheet),
        "details": "" if entry is None else details(studio.store, entry, recipe(studio, entry)),
        "star": gr.update(value="Unstar" if entry is not None and entry.starred else "Star"),
        "compare": gr.update(value="Compare no longer" if tab.beside else "Compare"),
        "put_back": gr.update(visible=tab.removed is not None),
        "sheet": choices.sheet(tab.sheet),
        "queue": views.queue(studio.worker.unfinished(), tab.session, task, studio.is_own),
    }


def on_stage(studio: Studio, tab: Tab) -> str:
    """Return what is on the stage: nothing where variants are in its place."""
    task = tab.task
    if tab.on_sheet:
        return ""
    if tab.entry is not None:
        return stage.finished(studio.store, tab.entry, tab.beside)
    if task is not None and not task.state.final:
        return stage.unfinished(studio.store, task, studio.preview.of(task), tab.before)
    if tab.content is not None:
        return stage.given(tab.content, bool(tab.chosen), tab.sketched)
    return stage.landing()


def choices_of(studio: Studio, tab: Tab) -> dict[str, str]:
    """Return the pictures that one can choose from."""
    store, inputs = studio.store, studio.inputs
    photographs = [*inputs.samples("photograph"), *inputs.recent("photograph")]
    painted = studio.gallery.of(tab.content)
    return {
        "history": choices.strip(store.latest(SHOWN), store, "What you paint is kept here."),
        "content_samples": choices.strip(photographs, store),
        "style_samples": choices.styles(inputs.samples("painting"), painted, tab.styles[0]),
        "uploads": choices.strip(inputs.recent("painting"), store),
    }


def understood(tab: Tab) -> str:
    """Return what is understood of the regions that are painted."""
    words = told(tab.strokes[0], [tab.strokes[place] for place in tab.chosen])
    return f'<p class="faint">{escape(words)}</p>'


def pictured(tab: Tab) -> str:
    """Return what changes with the pictures, and with what is painted on them: nothing is seen."""
    return f'<i data-version="{tab.redrawn} {sum(tab.heard)}"></i>'


def aloud(tab: Tab) -> str:
    """Return what a screen reader says: it changes only when there is news."""
    task = tab.task
    if task is None:
        return ""
    result = task.result  # the worker takes it away at the end
    if task.state is TaskState.PAINTING and result is not None:
        return f"Painting at {result.size} pixels."
    return views.sentence(task)


def recipe(studio: Studio, entry: Entry) -> Recipe | None:
    """Return how a picture was painted, or None if its file is damaged."""
    try:
        return studio.store.recipe(entry)
    except ImpastoError:
        return None
