"""When something is to be painted, or to end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr

from impasto.errors import ImpastoError
from impasto.studio import views
from impasto.studio.answers import pictured, understood
from impasto.studio.listeners import NO_PROGRESS, Listeners
from impasto.studio.scripts import TO_STAGE
from impasto.studio.studio import Studio
from impasto.studio.tabs import Tab


class OnPaint(Listeners):
    """Asks for pictures with what the form says."""

    def connect(self) -> None:
        """Connect the buttons, and the brush."""
        page, form, after = self.page, self.form, self.after
        page.paint.click(self.asks(Studio.paint), form, after, **NO_PROGRESS)
        page.paint.click(None, js=TO_STAGE)
        page.vary.click(self.asks(Studio.vary), form, after, **NO_PROGRESS)
        page.vary.click(None, js=TO_STAGE.replace("'stage'", "'sheet'"))
        page.resume.click(self.asks(self.resume), form, after, **NO_PROGRESS)
        page.larger.click(self.asks(self.larger), form, after, **NO_PROGRESS)
        page.stop.click(self.stop, None, self.live, **NO_PROGRESS)
        painted = [page.understood, page.notice, page.pictured]
        page.brushes.input(self.brush, None, painted, trigger_mode="multiple", **NO_PROGRESS)

    def asks(self, ask: Callable[..., object]) -> Callable[..., list[Any]]:
        """Return a handler that asks for something with the whole form."""

        def handler(request: gr.Request, *sent: Any) -> list[Any]:
            (studio, tab), (values, weights) = self.at(request), self.said(sent)
            with tab.receiving:
                return self.tried(studio, tab, lambda: ask(studio, tab, values, weights))

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

    def brush(self, event: gr.EventData, request: gr.Request) -> tuple[Any, Any, Any]:
        """Take what was painted onto a picture, and say what it is understood to mean."""
        studio, tab = self.at(request)
        data = event._data if isinstance(event._data, dict) else {}
        try:
            studio.brush(tab, **{key: data.get(key) for key in ("place", "name", "mask", "at")})
        except ImpastoError as error:
            return gr.skip(), views.notice(str(error), bad=True), gr.skip()
        return understood(tab), gr.skip(), pictured(tab)
