"""When something is done with finished pictures."""

from __future__ import annotations

from typing import Any

import gradio as gr

from impasto.errors import ImpastoError
from impasto.studio import choices, views
from impasto.studio.listeners import NO_PROGRESS, Listeners, chosen
from impasto.studio.scripts import TO_HISTORY, TO_STAGE


class OnHistory(Listeners):
    """Shows, stars, compares, removes and judges finished pictures."""

    def connect(self) -> None:
        """Connect the history, what is beneath a finished picture, and the blind trial."""
        page, after = self.page, self.after
        page.history.click(self.show, None, after, **NO_PROGRESS)
        page.history.click(None, js=TO_STAGE)
        star = self.told(lambda studio, tab: studio.history.star(tab))
        page.star.click(star, None, after, **NO_PROGRESS)
        page.compare.click(None, js=TO_HISTORY)
        compare = self.told(lambda studio, tab: studio.history.compare(tab))
        page.compare.click(compare, None, after, **NO_PROGRESS)
        remove = self.told(lambda studio, tab: studio.history.remove(tab))
        page.remove.click(remove, None, after, **NO_PROGRESS)
        put_back = self.told(lambda studio, tab: studio.history.put_back(tab))
        page.put_back.click(put_back, None, after, **NO_PROGRESS)
        page.blind.click(self.answer, None, [page.blind, page.notice], **NO_PROGRESS)

    def show(self, event: gr.EventData, request: gr.Request) -> list[Any]:
        """Show a picture of the history."""
        studio, tab = self.at(request)
        return self.tried(studio, tab, lambda: studio.history.show(tab, chosen(event)))

    def answer(self, event: gr.EventData, request: gr.Request) -> tuple[Any, Any]:
        """Take an answer to the blind trial, and show the next pair."""
        studio, tab = self.at(request)
        try:
            possible = studio.history.answer(tab, chosen(event))
        except ImpastoError as error:
            return gr.skip(), views.notice(str(error), bad=True)
        return choices.blind(tab.blind, studio.store, tab.answered, possible), views.notice("")
