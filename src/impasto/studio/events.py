"""From events of the page to the studio, and from its answers to changes of the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr

from impasto.errors import ImpastoError
from impasto.job import Recipe
from impasto.settings import Settings, for_print
from impasto.studio import choices, views
from impasto.studio.answers import Answers, understood
from impasto.studio.form import from_look, from_settings
from impasto.studio.inputs import KINDS
from impasto.studio.page import StudioPage
from impasto.studio.scripts import script
from impasto.studio.studio import Studio
from impasto.studio.tabs import Tab

NO_PROGRESS: dict[str, Any] = {
    "queue": False,
    "show_progress": "hidden",
    "api_visibility": "private",
}
"""No event waits in Gradio's own queue, and none is offered to programs."""

TO_STAGE = """() => {
  const stage = document.getElementById('stage');
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const behavior = calm ? 'auto' : 'smooth';
  if (innerWidth <= 800) stage.scrollIntoView({behavior});
  else {
    document.getElementById('easel').scrollTo({top: 0, behavior});
    if (stage.getBoundingClientRect().top < 0) scrollTo({top: 0, behavior});
  }
}"""
"""On a narrow page the picture is further down, and from the history it is further up: go there."""


class Events:
    """Connects a page with the studio."""

    def __init__(self, studio: Studio, page: StudioPage) -> None:
        self.studio, self.page = studio, page
        self.names = list(page.settings)
        self.answers = Answers(studio, page)
        self.live = self.answers.live

    def connect(self, blocks: gr.Blocks) -> None:
        """Connect everything."""
        page = self.page
        form = [*page.settings.values(), *page.weights]
        after = [page.notice, *self.live]
        for place, component in enumerate([page.content, *page.styles]):
            self.connect_picture(place, component)
        self.connect_strip(page.content_samples, [page.content], None)
        self.connect_strip(page.style_samples, page.styles, page.sample)
        self.connect_strip(page.uploads, page.styles, page.sample)
        page.paint.click(self.asks(self.studio.paint), form, after, **NO_PROGRESS)
        page.paint.click(None, js=TO_STAGE)
        page.vary.click(self.asks(self.studio.vary), form, after, **NO_PROGRESS)
        page.vary.click(None, js=TO_STAGE.replace("'stage'", "'sheet'"))
        page.resume.click(self.asks(self.resume), form, after, **NO_PROGRESS)
        page.larger.click(self.asks(self.larger), form, after, **NO_PROGRESS)
        page.stop.click(self.stop, None, self.live, **NO_PROGRESS)
        page.remove.click(self.remove, None, self.live, **NO_PROGRESS)
        page.put_back.click(self.told(self.studio.put_back), None, after, **NO_PROGRESS)
        page.star.click(self.told(self.studio.star), None, after, **NO_PROGRESS)
        page.compare.click(self.told(self.studio.compare), None, after, **NO_PROGRESS)
        page.history.click(self.show, None, after, **NO_PROGRESS)
        page.history.click(None, js=TO_STAGE)
        page.blind.click(self.answer, None, [page.blind, page.notice], **NO_PROGRESS)
        blocks.load(self.begin_trial, None, page.blind, **NO_PROGRESS)
        filled = [page.notice, page.looks, page.content, *page.styles, *form]
        page.looks.click(self.choose_look, None, filled, **NO_PROGRESS)
        page.sheet.click(self.choose_variant, None, filled, **NO_PROGRESS)
        page.paper.input(
            self.choose_paper,
            page.paper,
            [page.notice, page.settings["size"], page.settings["resolution"]],
            **NO_PROGRESS,
        )
        used = page.use.click(self.use, None, filled, **NO_PROGRESS)
        used.then(self.look, None, self.live, **NO_PROGRESS)
        restored = page.opened.upload(self.restore, page.opened, filled, **NO_PROGRESS)
        restored.then(self.look, None, self.live, **NO_PROGRESS)
        painted = [page.understood, page.notice]
        page.brushes.input(self.brush, None, painted, trigger_mode="multiple", **NO_PROGRESS)
        page.timer.tick(self.look, None, self.live, **NO_PROGRESS)
        blocks.load(self.look, None, self.live, **NO_PROGRESS)
        blocks.load(None, js=script("drops"))
        blocks.unload(self.leave)

    def connect_picture(self, place: int, component: Any) -> None:
        """Connect the content image, place 0, or a style picture."""
        wrong = self.page.wrong[place]
        kind = KINDS[min(place, 1)]

        def receive(path: str | None, request: gr.Request) -> tuple[Any, Any]:
            if path is None:
                return gr.skip(), gr.skip()
            tab = self.tab(request)
            with tab.receiving:
                try:
                    found = self.studio.upload(path, (kind,))
                except ImpastoError as error:
                    kept = tab.pictures[place]
                    return str(kept.thumbnail) if kept else None, views.notice(str(error), bad=True)
                tab.put(place, found)
            return str(found.thumbnail), views.notice("")

        def clear(request: gr.Request) -> Any:
            self.tab(request).put(place, None)
            return views.notice("")

        shown = {**NO_PROGRESS, "show_progress": "minimal"}
        changes = [component.upload(receive, component, [component, wrong], **shown)]
        if place < len(self.page.given):
            given = self.page.given[place]
            changes.append(given.upload(receive, given, [component, wrong], **shown))
        changes.append(component.clear(clear, None, wrong, **NO_PROGRESS))
        for change in changes:
            change.then(self.look, None, self.live, **NO_PROGRESS)

    def connect_strip(self, strip: Any, places: list[Any], which: Any) -> None:
        """Connect samples and recent uploads: with one place, or with the number of one of several.

        Each strip has its own handler: whom an event comes from cannot be asked, since every page
        has its own copies of the components.
        """

        def put(event: gr.EventData, request: gr.Request, number: int) -> list[Any]:
            shown = [gr.skip() for _ in places]
            try:
                if is_removal(event):
                    self.studio.forget(chosen(event))
                    return [*shown, views.notice("")]
                found = self.studio.choose(chosen(event))
            except ImpastoError as error:
                return [*shown, views.notice(str(error), bad=True)]
            shown[max(number, 1) - 1] = str(found.thumbnail)
            self.tab(request).put(number, found)
            return [*shown, views.notice("")]

        def pick_one(event: gr.EventData, request: gr.Request) -> list[Any]:
            return put(event, request, 0)

        def pick_of_several(event: gr.EventData, request: gr.Request, number: int) -> list[Any]:
            return put(event, request, int(number))

        outputs = [*places, self.page.notice]
        if which is None:
            picked = strip.click(pick_one, None, outputs, trigger_mode="multiple", **NO_PROGRESS)
        else:
            picked = strip.click(
                pick_of_several, which, outputs, trigger_mode="multiple", **NO_PROGRESS
            )
        picked.then(self.look, None, self.live, **NO_PROGRESS)

    def tab(self, request: gr.Request) -> Tab:
        """Return the page that an event comes from."""
        return self.studio.tabs.of(request.session_hash)

    def asks(self, ask: Callable[..., object]) -> Callable[..., list[Any]]:
        """Return a handler that asks for something with the whole form."""

        def handler(request: gr.Request, *sent: Any) -> list[Any]:
            tab, count = self.tab(request), len(self.names)
            values = dict(zip(self.names, sent[:count], strict=True))
            words, bad = "", False
            try:
                with tab.receiving:
                    ask(tab, values, [float(weight or 0) for weight in sent[count:]])
            except ImpastoError as error:
                words, bad = str(error), True
            return [views.notice(words, bad), *self.answers.state(tab)]

        return handler

    def resume(self, tab: Tab, values: dict[str, Any], weights: Sequence[float]) -> None:
        """Go on with the finished picture."""
        self.studio.resume(tab, values, larger=False)

    def larger(self, tab: Tab, values: dict[str, Any], weights: Sequence[float]) -> None:
        """Paint the finished picture larger."""
        self.studio.resume(tab, values, larger=True)

    def stop(self, request: gr.Request) -> list[Any]:
        """Stop what the page shows, and keep it."""
        tab = self.tab(request)
        self.studio.stop(tab)
        return self.answers.state(tab)

    def remove(self, request: gr.Request) -> list[Any]:
        """Remove the picture that is shown."""
        tab = self.tab(request)
        self.studio.remove(tab)
        return self.answers.state(tab)

    def told(self, do: Callable[[Tab], str | None]) -> Callable[[gr.Request], list[Any]]:
        """Return a handler that does something with a page, and shows what is said of it."""

        def handler(request: gr.Request) -> list[Any]:
            tab, words, bad = self.tab(request), "", False
            try:
                words = do(tab) or ""
            except ImpastoError as error:
                words, bad = str(error), True
            return [views.notice(words, bad), *self.answers.state(tab)]

        return handler

    def use(self, request: gr.Request) -> list[Any]:
        """Fill the form from the picture that is shown."""
        tab = self.tab(request)
        if tab.entry is None:
            return self.answers.filled(tab, "", {})
        try:
            recipe = self.studio.store.recipe(tab.entry)
            return self.filled_from(tab, recipe)
        except ImpastoError as error:
            return self.answers.filled(tab, str(error), {}, bad=True)

    def begin_trial(self, request: gr.Request) -> str:
        """Offer the blind trial."""
        return choices.blind(None, self.studio.store, self.tab(request).answered)

    def answer(self, event: gr.EventData, request: gr.Request) -> tuple[Any, Any]:
        """Take an answer to the blind trial, and show the next pair."""
        tab = self.tab(request)
        try:
            possible = self.studio.answer(tab, chosen(event))
        except ImpastoError as error:
            return gr.skip(), views.notice(str(error), bad=True)
        return choices.blind(tab.blind, self.studio.store, tab.answered, possible), views.notice("")

    def brush(self, event: gr.EventData, request: gr.Request) -> tuple[Any, Any]:
        """Take what was painted onto a picture, and say what it is understood to mean."""
        tab = self.tab(request)
        data = event._data if isinstance(event._data, dict) else {}
        try:
            self.studio.brush(
                tab, **{key: data.get(key) for key in ("place", "name", "mask", "at")}
            )
        except ImpastoError as error:
            return gr.skip(), views.notice(str(error), bad=True)
        return understood(tab), gr.skip()

    def show(self, event: gr.EventData, request: gr.Request) -> list[Any]:
        """Show a picture of the history."""
        tab = self.tab(request)
        words = ""
        try:
            self.studio.show(tab, chosen(event))
        except ImpastoError as error:
            words = str(error)
        return [views.notice(words, bad=bool(words)), *self.answers.state(tab)]

    def choose_variant(self, event: gr.EventData, request: gr.Request) -> list[Any]:
        """Put the strength and scale of a variant into the form."""
        tab = self.tab(request)
        names = {str(at): task for at, task in enumerate(tab.sheet)}
        task = names.get(str(chosen(event)))
        if task is None:
            return self.answers.filled(tab, "This variant is not there anymore.", {})
        values = from_settings(task.settings)
        both = {name: values[name] for name in ("style_weight", "style_scale")}
        return self.answers.filled(
            tab, "The variant is in the form: press Paint for the picture.", both
        )

    def choose_look(self, event: gr.EventData, request: gr.Request) -> list[Any]:
        """Put a look into the form."""
        tab, name = self.tab(request), str(chosen(event))
        try:
            return self.answers.filled(tab, "", from_look(name), look=name)
        except ImpastoError as error:
            return self.answers.filled(tab, str(error), {}, bad=True)

    def choose_paper(self, paper: str) -> list[Any]:
        """Put the size of a picture on paper into the form; without one, the usual size."""
        try:
            values = for_print(paper, {}) if paper else {}
        except ImpastoError as error:
            return [views.notice(str(error), bad=True), gr.skip(), gr.skip()]
        usual = Settings()
        shown = [values.get(name, getattr(usual, name)) for name in ("size", "resolution")]
        return [views.notice(""), *("" if value is None else value for value in shown)]

    def restore(self, path: str | None, request: gr.Request) -> list[Any]:
        """Fill the form from a picture made by Impasto."""
        tab = self.tab(request)
        if path is None:
            return self.answers.filled(tab, "", {})
        try:
            return self.filled_from(tab, self.studio.open(path))
        except ImpastoError as error:
            return self.answers.filled(tab, str(error), {}, bad=True)

    def filled_from(self, tab: Tab, recipe: Recipe) -> list[Any]:
        """Fill the form from a recipe."""
        words = self.studio.restore(tab, recipe)
        blend = recipe.settings.style_blend
        return self.answers.filled(tab, words, from_settings(recipe.settings), weights=blend)

    def look(self, request: gr.Request) -> list[Any]:
        """Look at how far everything is."""
        tab = self.tab(request)
        self.studio.adopt(tab)
        return self.answers.state(tab)

    def leave(self, request: gr.Request) -> None:
        """Forget a page that was closed."""
        self.studio.tabs.forget(request.session_hash)


def chosen(event: gr.EventData) -> object:
    """Return the name that an event carries; anything may come."""
    data = event._data
    return data.get("name") if isinstance(data, dict) else None


def is_removal(event: gr.EventData) -> bool:
    """Tell whether an event asks to delete what it names; anything may come."""
    data = event._data
    return isinstance(data, dict) and data.get("remove") is True
