"""From events of the page to the studio, and from its answers to changes of the page."""

from __future__ import annotations

import gradio as gr

from impasto.studio import choices
from impasto.studio.listeners import NO_PROGRESS, Listeners
from impasto.studio.on_form import OnForm
from impasto.studio.on_history import OnHistory
from impasto.studio.on_paint import OnPaint
from impasto.studio.on_pictures import OnPictures
from impasto.studio.page import StudioPage
from impasto.studio.scripts import script
from impasto.studio.studios import Studios

LISTENERS: tuple[type[Listeners], ...] = (OnPictures, OnForm, OnPaint, OnHistory)
"""Who listens to a page: each to its own part."""


def connect(studios: Studios, page: StudioPage, blocks: gr.Blocks) -> None:
    """Connect a page with the studios."""
    for each in LISTENERS:
        each(studios, page).connect()
    OnTime(studios, page, blocks).connect()


class OnTime(Listeners):
    """Keeps a page up to date, from when it is opened until it is closed."""

    def __init__(self, studios: Studios, page: StudioPage, blocks: gr.Blocks) -> None:
        super().__init__(studios, page)
        self.blocks = blocks

    def connect(self) -> None:
        """Connect the clock, and the beginning and the end of a page."""
        self.page.timer.tick(self.look, None, self.live, **NO_PROGRESS)
        self.blocks.load(self.look, None, self.live, **NO_PROGRESS)
        self.blocks.load(self.begin_trial, None, self.page.blind, **NO_PROGRESS)
        self.blocks.load(None, js=script("drops"))
        self.blocks.unload(self.leave)

    def begin_trial(self, request: gr.Request) -> str:
        """Offer the blind trial."""
        studio, tab = self.at(request)
        return choices.blind(None, studio.store, tab.answered)

    def leave(self, request: gr.Request) -> None:
        """Forget a page that was closed."""
        for studio in self.studios.all():
            studio.tabs.forget(request.session_hash)
