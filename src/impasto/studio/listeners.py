"""What those who listen to a page have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr

from impasto.errors import ImpastoError
from impasto.studio import views
from impasto.studio.answers import Answers
from impasto.studio.page import StudioPage
from impasto.studio.studio import Studio
from impasto.studio.studios import Studios
from impasto.studio.tabs import Tab

NO_PROGRESS: dict[str, Any] = {
    "queue": False,
    "show_progress": "hidden",
    "api_visibility": "private",
}
"""No event waits in Gradio's own queue, and none is offered to programs."""


class Listeners(ABC):
    """Handlers of events of a page, which ask the studio and answer with changes of the page."""

    def __init__(self, studios: Studios, page: StudioPage) -> None:
        self.studios, self.page = studios, page
        self.answers = Answers(page)
        self.live = self.answers.live
        self.after = [page.notice, *self.live]
        self.form = [*page.settings.values(), *page.weights]

    @abstractmethod
    def connect(self) -> None:
        """Connect the handlers with the components of the page."""

    def at(self, request: gr.Request) -> tuple[Studio, Tab]:
        """Return the studio of who is logged in, and the page that an event comes from."""
        studio = self.studios.of(request.username)
        return studio, studio.tabs.of(request.session_hash)

    def look(self, request: gr.Request) -> list[Any]:
        """Look at how far everything is."""
        studio, tab = self.at(request)
        studio.adopt(tab)
        return self.answers.state(studio, tab)

    def said(self, sent: Sequence[Any]) -> tuple[dict[str, Any], list[float]]:
        """Return what a page has sent of its form: the settings, and the weights of the styles."""
        names = list(self.page.settings)
        values = dict(zip(names, sent[: len(names)], strict=True))
        return values, [float(weight or 0) for weight in sent[len(names) :]]

    def told(self, do: Callable[[Studio, Tab], str | None]) -> Callable[[gr.Request], list[Any]]:
        """Return a handler that does something with a page, and shows what is said of it."""

        def handler(request: gr.Request) -> list[Any]:
            studio, tab = self.at(request)
            return self.tried(studio, tab, lambda: do(studio, tab))

        return handler

    def tried(self, studio: Studio, tab: Tab, do: Callable[[], object]) -> list[Any]:
        """Do something, and return what is said of it, or why it cannot be done, and the page."""
        words, bad = "", False
        try:
            said = do()
            words = said if isinstance(said, str) else ""
        except ImpastoError as error:
            words, bad = str(error), True
        return [views.notice(words, bad), *self.answers.state(studio, tab)]


def chosen(event: gr.EventData) -> object:
    """Return the name that an event carries; anything may come."""
    data = event._data
    return data.get("name") if isinstance(data, dict) else None


def is_removal(event: gr.EventData) -> bool:
    """Tell whether an event asks to delete what it names; anything may come."""
    data = event._data
    return isinstance(data, dict) and data.get("remove") is True
