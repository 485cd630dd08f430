"""What the pages besides that of pictures have in common: from an event to the studio and back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import gradio as gr

from impasto.errors import ImpastoError
from impasto.studio import views
from impasto.studio.listeners import NO_PROGRESS
from impasto.studio.studios import Studios
from impasto.studio.tabs import AnyPage

MAIN_PAGE = "Pictures"
"""What the page of pictures is called."""

SideStudio = TypeVar("SideStudio")


class SideEvents(ABC, Generic[SideStudio, AnyPage]):
    """Connects a page with a studio, which is told apart from others by who is logged in.

    Attributes:
        live: The parts of the page that change by themselves, in the order of `parts`.
        after: What may change when something is asked for: the sentence, and these.
    """

    def __init__(self, studios: Studios, notice: Any, live: list[Any]) -> None:
        self.studios, self.live, self.after = studios, live, [notice, *live]

    @abstractmethod
    def at(self, request: gr.Request) -> tuple[SideStudio, AnyPage]:
        """Return the studio of who is logged in, and the page that an event comes from."""

    @abstractmethod
    def parts(self, studio: SideStudio, tab: AnyPage) -> dict[str, Any]:
        """Return what every part of the page shows now."""

    def connect_looks(self, blocks: gr.Blocks, timer: Any) -> None:
        """Look at how far everything is, when the page comes and at every tick."""
        timer.tick(self.look, None, self.live, **NO_PROGRESS)
        blocks.load(self.look, None, self.live, **NO_PROGRESS)

    def connect_upload(self, box: Any, ask: Callable[[SideStudio, AnyPage, str], None]) -> None:
        """Take in what is dropped into a box, which is empty again for the next one."""

        def receive(path: str | None, request: gr.Request) -> list[Any]:
            if path is None:
                return [gr.skip(), gr.skip(), *(gr.skip() for _ in self.live)]
            return [None, *self.answer(request, lambda studio, tab: ask(studio, tab, path))]

        shown = {**NO_PROGRESS, "show_progress": "minimal"}
        box.upload(receive, box, [box, *self.after], **shown)

    def answer(self, request: gr.Request, ask: Callable[[SideStudio, AnyPage], None]) -> list[Any]:
        """Do something, and return what is said of it and what has changed on the page."""
        (studio, tab), words = self.at(request), ""
        try:
            ask(studio, tab)
        except ImpastoError as error:
            words = str(error)
        return [views.notice(words, bad=bool(words)), *self.state(studio, tab)]

    def look(self, request: gr.Request) -> list[Any]:
        """Look at how far everything is."""
        return self.state(*self.at(request))

    def state(self, studio: SideStudio, tab: AnyPage) -> list[Any]:
        """Return what has changed on the page since it was last told."""
        return [
            value if tab.is_new(part, value) else gr.skip()
            for part, value in self.parts(studio, tab).items()
        ]
