"""The page of sounds: its layout, and from its events to the studio and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from impasto.settings import SOUND_SPECS
from impasto.studio import sound_views, views
from impasto.studio.listeners import NO_PROGRESS, chosen, is_removal
from impasto.studio.page import BUSY, IDLE_SECONDS, undecoded
from impasto.studio.scripts import ALOUD, script
from impasto.studio.side_page import MAIN_PAGE, SideEvents
from impasto.studio.sound_studio import QUALITIES, SoundStudio, SoundTab
from impasto.studio.studios import Studios

USUAL_SECONDS = 10


@dataclass(eq=False)
class SoundPage:
    """The components of the page by what they are for."""

    given: Any
    samples: Any
    seconds: Any
    loop: Any
    quality: Any
    make: Any
    stop: Any
    notice: Any
    player: Any
    status: Any
    made: Any
    timer: Any


def lay_out_sounds() -> SoundPage:
    """Place everything on the page and return it."""
    gr.Navbar(main_page_name=MAIN_PAGE)
    gr.HTML("<header><h1>Impasto</h1><p>Make more of a recorded texture.</p></header>")
    with gr.Row(elem_classes="bench", equal_height=False):
        with gr.Column(elem_classes="shown", scale=3):
            player = gr.HTML(
                sound_views.SOUND_INVITATION, elem_id="player", js_on_load=script("listen")
            )
            status = gr.HTML("", elem_id="sound-status", js_on_load=ALOUD)
        with gr.Column(elem_classes="asked", scale=2):
            given = gr.File(
                label="Your recording", file_types=["audio"], height=110, elem_id="give-sound"
            )
            given.preprocess = undecoded
            gr.HTML('<h2 class="heading">Samples</h2>')
            samples = gr.HTML(elem_id="sample-sounds", js_on_load=script("pick"))
            seconds = gr.Number(
                USUAL_SECONDS, label="Seconds", elem_id="seconds", info="length of the result"
            )
            loop = gr.Checkbox(
                label="Loop", info=SOUND_SPECS["loop"].help, elem_id="loop", value=False
            )
            quality = gr.Radio(
                list(QUALITIES), value="Quick", label="Quality", elem_id="quality",
                info="Quick takes a minute for ten seconds, Fine two to three",
            )  # fmt: skip
            notice = gr.HTML(views.notice(""), elem_id="sound-notice")
            with gr.Row(elem_classes="actions"):
                make = gr.Button("Make more of it", variant="primary", elem_id="make", scale=3)
                stop = gr.Button("Stop and keep", variant="stop", elem_id="stop-sound", scale=1)
    gr.HTML('<h2 class="heading">Finished sounds</h2>')
    made = gr.HTML(elem_id="made", js_on_load=script("pick"))
    timer = gr.Timer(IDLE_SECONDS)
    return SoundPage(
        given, samples, seconds, loop, quality, make, stop, notice, player, status, made, timer
    )


class SoundEvents(SideEvents[SoundStudio, SoundTab]):
    """Connects the page of sounds with the studio."""

    def __init__(self, studios: Studios, page: SoundPage) -> None:
        self.page = page
        live = [page.player, page.status, page.samples, page.made, page.stop, page.timer]
        super().__init__(studios, page.notice, live)

    def connect(self, blocks: gr.Blocks) -> None:
        """Connect everything."""
        page, after = self.page, self.after
        self.connect_upload(page.given, lambda studio, tab, path: studio.upload(tab, path))
        page.samples.click(self.choose, None, after, **NO_PROGRESS)
        page.made.click(self.choose, None, after, **NO_PROGRESS)
        page.make.click(self.make, [page.seconds, page.loop, page.quality], after, **NO_PROGRESS)
        page.stop.click(self.stop, None, after, **NO_PROGRESS)
        self.connect_looks(blocks, page.timer)

    def choose(self, event: gr.EventData, request: gr.Request) -> list[Any]:
        """Take a sample, show what was made, or delete it."""
        name = chosen(event)
        if is_removal(event):
            return self.answer(request, lambda studio, tab: studio.remove(tab, name))
        return self.answer(request, lambda studio, tab: studio.choose(tab, name))

    def make(self, seconds: Any, loop: Any, quality: Any, request: gr.Request) -> list[Any]:
        """Ask for more of the recording."""
        values = {"seconds": seconds, "loop": bool(loop)}
        known = str(quality) if quality in QUALITIES else "Quick"
        return self.answer(request, lambda studio, tab: studio.make(tab, values, known))

    def stop(self, request: gr.Request) -> list[Any]:
        """Stop what is made, and keep it."""
        return self.answer(request, lambda studio, tab: studio.stop(tab))

    def at(self, request: gr.Request) -> tuple[SoundStudio, SoundTab]:
        """Return the studio of who is logged in, and the page that an event comes from."""
        studio = self.studios.of(request.username).sounds
        return studio, studio.tabs.of(request.session_hash)

    def parts(self, studio: SoundStudio, tab: SoundTab) -> dict[str, Any]:
        """Return what every part of the page shows now."""
        studio.advance(tab)
        return {
            "player": sound_views.player(studio.store, tab.recording, tab.entry),
            "status": sound_views.status(tab),
            "samples": sound_views.samples(studio.store, tab.recording),
            "made": sound_views.made(studio.store),
            "stop": gr.update(visible=tab.busy),
            "timer": gr.update(value=BUSY if tab.busy else IDLE_SECONDS),
        }
