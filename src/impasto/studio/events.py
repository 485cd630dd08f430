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
from impasto.studio.studios import Studios
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

TO_HISTORY = """() => {
  if (document.getElementById('compare').textContent.trim() !== 'Compare') return;
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const behavior = calm ? 'auto' : 'smooth';
  document.getElementById('history').scrollIntoView({block: 'center', behavior});
}"""
"""Where one chooses what to compare with."""


class Events:
    """Connects a page with the studio."""

    def __init__(self, studios: Studios, page: StudioPage) -> None:
        self.studios, self.page = studios, page
        self.names = list(page.settings)
        self.answers = Answers(page)
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
        page.paint.click(self.asks(Studio.paint), form, after, **NO_PROGRESS)
        page.paint.click(None, js=TO_STAGE)
        page.vary.click(self.asks(Studio.vary), form, after, **NO_PROGRESS)
        page.vary.click(None, js=TO_STAGE.replace("'stage'", "'sheet'"))
        page.resume.click(self.asks(self.resume), form, after, **NO_PROGRESS)
        page.larger.click(self.asks(self.larger), form, after, **NO_PROGRESS)
        page.stop.click(self.stop, None, self.live, **NO_PROGRESS)
        page.remove.click(self.remove, None, self.live, **NO_PROGRESS)
        page.put_back.click(self.told(Studio.put_back), None, after, **NO_PROGRESS)
        page.star.click(self.told(Studio.star), None, after, **NO_PROGRESS)
        page.compare.click(None, js=TO_HISTORY)
        page.compare.click(self.told(Studio.compare), None, after, **NO_PROGRESS)
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
        notice, kind = self.page.notice, KINDS[min(place, 1)]

        def receive(path: str | None, request: gr.Request) -> tuple[Any, Any]:
            if path is None:
                return gr.skip(), gr.skip()
            studio, tab = self.at(request)
            with tab.receiving:
                try:
                    found = studio.upload(path, (kind,))
                except ImpastoError as error:
                    tab.refused[place] = str(error)
                    kept = tab.pictures[place]
                    return str(kept.thumbnail) if kept else None, views.notice("")
                tab.put(place, found)
            return str(found.thumbnail), views.notice("")

        def clear(request: gr.Request) -> Any:
            _, tab = self.at(request)
            tab.put(place, None)
            return views.notice("")

        shown = {**NO_PROGRESS, "show_progress": "minimal"}
        changes = [component.upload(receive, component, [component, notice], **shown)]
        if place < len(self.page.given):
            given = self.page.given[place]
            changes.append(given.upload(receive, given, [component, notice], **shown))
        changes.append(component.clear(clear, None, notice, **NO_PROGRESS))
        for change in changes:
            change.then(self.look, None, self.live, **NO_PROGRESS)

    def connect_strip(self, strip: Any, places: list[Any], which: Any) -> None:
        """Connect samples and recent uploads: with one place, or with the number of one of several.

        Each strip has its own handler: whom an event comes from cannot be asked, since every page
        has its own copies of the components.
        """

        def put(event: gr.EventData, request: gr.Request, number: int) -> list[Any]:
            studio, tab = self.at(request)
            shown = [gr.skip() for _ in places]
            try:
                if is_removal(event):
                    studio.forget(chosen(event))
                    return [*shown, views.notice("")]
                found = studio.choose(chosen(event))
            except ImpastoError as error:
                return [*shown, views.notice(str(error), bad=True)]
            shown[max(number, 1) - 1] = str(found.thumbnail)
            tab.put(number, found)
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

    def at(self, request: gr.Request) -> tuple[Studio, Tab]:
        """Return the studio of who is logged in, and the page that an event comes from."""
        studio = self.studios.of(request.username)
        return studio, studio.tabs.of(request.session_hash)

    def asks(self, ask: Callable[..., object]) -> Callable[..., list[Any]]:
        """Return a handler that asks for something with the whole form."""

        def handler(request: gr.Request, *sent: Any) -> list[Any]:
            (studio, tab), count = self.at(request), len(self.names)
            values = dict(zip(self.names, sent[:count], strict=True))
            words, bad = "", False
            try:
                with tab.receiving:
                    ask(studio, tab, values, [float(weight or 0) for weight in sent[count:]])
            except ImpastoError as error:
                words, bad = str(error), True
            return [views.notice(words, bad), *self.answers.state(studio, tab)]

        return handler

    @staticmethod
    def resume(studio: Studio, tab: Tab, values: dict[str, Any], weights: Sequence[float]) -> None:
        """Go on with the finished picture."""
        studio.resume(tab, values, larger=False)

    @staticmethod
    def larger(studio: Studio, tab: Tab, values: dict[str, Any], weights: Sequence[float]) -> None:
        """Paint the finished picture larger."""
        studio.resume(tab, values, larger=True)

    def stop(self, request: gr.Request) -> list[Any]:
        """Stop what the page shows, and keep it."""
        studio, tab = self.at(request)
        studio.stop(tab)
        return self.answers.state(studio, tab)

    def remove(self, request: gr.Request) -> list[Any]:
        """Remove the picture that is shown."""
        studio, tab = self.at(request)
        studio.remove(tab)
        return self.answers.state(studio, tab)

    def told(self, do: Callable[[Studio, Tab], str | None]) -> Callable[[gr.Request], list[Any]]:
        """Return a handler that does something with a page, and shows what is said of it."""

        def handler(request: gr.Request) -> list[Any]:
            (studio, tab), words, bad = self.at(request), "", False
            try:
                words = do(studio, tab) or ""
            except ImpastoError as error:
                words, bad = str(error), True
            return [views.notice(words, bad), *self.answers.state(studio, tab)]

        return handler

    def use(self, request: gr.Request) -> list[Any]:
        """Fill the form from the picture that is shown."""
        studio, tab = self.at(request)
        if tab.entry is None:
            return self.answers.filled(tab, "", {})
        try:
            recipe = studio.store.recipe(tab.entry)
            return self.filled_from(studio, tab, recipe)
        except ImpastoError as error:
            return self.answers.filled(tab, str(error), {}, bad=True)

    def begin_trial(self, request: gr.Request) -> str:
        """Offer the blind trial."""
        studio, tab = self.at(request)
        return choices.blind(None, studio.store, tab.answered)

    def answer(self, event: gr.EventData, request: gr.Request) -> tuple[Any, Any]:
        """Take an answer to the blind trial, and show the next pair."""
        studio, tab = self.at(request)
        try:
            possible = studio.answer(tab, chosen(event))
        except ImpastoError as error:
            return gr.skip(), views.notice(str(error), bad=True)
        return choices.blind(tab.blind, studio.store, tab.answered, possible), views.notice("")

    def brush(self, event: gr.EventData, request: gr.Request) -> tuple[Any, Any]:
        """Take what was painted onto a picture, and say what it is understood to mean."""
        studio, tab = self.at(request)
        data = event._data if isinstance(event._data, dict) else {}
        try:
            studio.brush(tab, **{key: data.get(key) for key in ("place", "name", "mask", "at")})
        except ImpastoError as error:
            return gr.skip(), views.notice(str(error), bad=True)
        return understood(tab), gr.skip()

    def show(self, event: gr.EventData, request: gr.Request) -> list[Any]:
        """Show a picture of the history."""
        studio, tab = self.at(request)
        words = ""
        try:
            studio.show(tab, chosen(event))
        except ImpastoError as error:
            words = str(error)
        return [views.notice(words, bad=bool(words)), *self.answers.state(studio, tab)]

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

    def choose_look(self, event: gr.EventData, request: gr.Request) -> list[Any]:
        """Put a look into the form."""
        (_, tab), name = self.at(request), str(chosen(event))
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
        studio, tab = self.at(request)
        if path is None:
            return self.answers.filled(tab, "", {})
        try:
            return self.filled_from(studio, tab, studio.open(path))
        except ImpastoError as error:
            return self.answers.filled(tab, str(error), {}, bad=True)

    def filled_from(self, studio: Studio, tab: Tab, recipe: Recipe) -> list[Any]:
        """Fill the form from a recipe."""
        words = studio.restore(tab, recipe)
        blend = recipe.settings.style_blend
        return self.answers.filled(tab, words, from_settings(recipe.settings), weights=blend)

    def look(self, request: gr.Request) -> list[Any]:
        """Look at how far everything is."""
        studio, tab = self.at(request)
        studio.adopt(tab)
        return self.answers.state(studio, tab)

    def leave(self, request: gr.Request) -> None:
        """Forget a page that was closed."""
        for studio in self.studios.all():
            studio.tabs.forget(request.session_hash)


def chosen(event: gr.EventData) -> object:
    """Return the name that an event carries; anything may come."""
    data = event._data
    return data.get("name") if isinstance(data, dict) else None


def is_removal(event: gr.EventData) -> bool:
    """Tell whether an event asks to delete what it names; anything may come."""
    data = event._data
    return isinstance(data, dict) and data.get("remove") is True
