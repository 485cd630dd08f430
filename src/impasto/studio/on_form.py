"""When the form is filled: by hand, a look, a size on paper, a variant, or a finished picture."""

from __future__ import annotations

from typing import Any

import gradio as gr

from impasto.errors import ImpastoError
from impasto.job import Recipe
from impasto.settings import Settings, for_print
from impasto.studio import views
from impasto.studio.form import from_look, from_settings
from impasto.studio.listeners import NO_PROGRESS, Listeners, chosen
from impasto.studio.studio import Studio
from impasto.studio.tabs import Tab

SKETCH_PATIENCE = 1.5
"""Seconds for which an answer waits for a sketch: amid a large painting it takes longer."""


class OnForm(Listeners):
    """Fills the form and the boxes of pictures, and has a sketch made of what they say."""

    def connect(self) -> None:
        """Connect what fills the form."""
        page = self.page
        filled = [page.notice, page.looks, page.content, *page.styles, *self.form]
        page.looks.click(self.choose_look, None, filled, **NO_PROGRESS)
        page.sheet.click(self.choose_variant, None, filled, **NO_PROGRESS)
        sized = [page.notice, page.settings["size"], page.settings["resolution"]]
        page.paper.input(self.choose_paper, page.paper, sized, **NO_PROGRESS)
        for button in (page.use, page.use_running):
            used = button.click(self.use, None, filled, **NO_PROGRESS)
            used.then(self.look, None, self.live, **NO_PROGRESS)
        restored = page.opened.upload(self.restore, page.opened, filled, **NO_PROGRESS)
        restored.then(self.look, None, self.live, **NO_PROGRESS)
        changes = [each.change for each in (page.pictured, *self.form)]
        always = {**NO_PROGRESS, "trigger_mode": "always_last"}
        gr.on(changes, self.sketch, self.form, self.live, **always)

    def sketch(self, request: gr.Request, *sent: Any) -> list[Any]:
        """Sketch what a page describes: it is there at once, or at one of the next looks."""
        studio, tab = self.at(request)
        task = studio.sketch(tab, *self.said(sent))
        if task is not None:
            studio.worker.wait(task, SKETCH_PATIENCE)
        return self.answers.state(studio, tab)

    def choose_look(self, event: gr.EventData, request: gr.Request) -> list[Any]:
        """Put a look into the form."""
        (_, tab), name = self.at(request), str(chosen(event))
        try:
            return self.answers.filled(tab, "", from_look(name), look=name)
        except ImpastoError as error:
            return self.answers.filled(tab, str(error), {}, bad=True)

    def choose_variant(self, event: gr.EventData, request: gr.Request) -> list[Any]:
        """Put the strength and scale of a variant into the form."""
        _, tab = self.at(request)
        names = {str(at): task for at, task in enumerate(tab.sheet)}
        task = names.get(str(chosen(event)))
        if task is None:
            return self.answers.filled(tab, "This variant is not there anymore.", {})
        values = from_settings(task.settings)
        both = {name: values[name] for name in ("style_weight", "style_scale")}
        return self.answers.filled(
            tab, "The variant is in the form: press Paint for the picture.", both
        )

    def choose_paper(self, paper: str) -> list[Any]:
        """Put the size of a picture on paper into the form; without one, the usual size."""
        try:
            values = for_print(paper, {}) if paper else {}
        except ImpastoError as error:
            return [views.notice(str(error), bad=True), gr.skip(), gr.skip()]
        usual = Settings()
        shown = [values.get(name, getattr(usual, name)) for name in ("size", "resolution")]
        return [views.notice(""), *("" if value is None else value for value in shown)]

    def use(self, request: gr.Request) -> list[Any]:
        """Fill the form from the picture that is shown, finished or not."""
        studio, tab = self.at(request)
        try:
            if tab.entry is not None:
                return self.filled_from(studio, tab, studio.store.recipe(tab.entry))
            if tab.task is not None:
                words, settings = studio.take_up(tab, tab.task), tab.task.settings
                return self.filled(tab, words, settings)
        except ImpastoError as error:
            return self.answers.filled(tab, str(error), {}, bad=True)
        return self.answers.filled(tab, "", {})

    def restore(self, path: str | None, request: gr.Request) -> list[Any]:
        """Fill the form from a picture made by Impasto."""
        studio, tab = self.at(request)
        if path is None:
            return self.answers.filled(tab, "", {})
        try:
            return self.filled_from(studio, tab, studio.open(path))
        except ImpastoError as error:
            return self.answers.filled(tab, str(error), {}, bad=True)

    def filled_from(self, studio: Studio, tab: Tab, recipe: Recipe) -> list[Any]:
        """Fill the form from a recipe."""
        return self.filled(tab, studio.restore(tab, recipe), recipe.settings)

    def filled(self, tab: Tab, words: str, settings: Settings) -> list[Any]:
        """Fill the form from settings."""
        values, weights = from_settings(settings), settings.style_blend
        return self.answers.filled(tab, words, values, weights=weights)
