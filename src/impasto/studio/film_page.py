"""The page of films: its layout, and from its events to the studio and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from impasto.settings import CLIP_SPECS
from impasto.studio import film_views, views
from impasto.studio.film_studio import FILM_QUALITIES, FILM_SIZES, FilmStudio, FilmTab
from impasto.studio.listeners import NO_PROGRESS, chosen, is_removal
from impasto.studio.page import BUSY, IDLE_SECONDS, undecoded
from impasto.studio.scripts import ALOUD, TO_SCREEN, script
from impasto.studio.side_page import MAIN_PAGE, SideEvents
from impasto.studio.studios import Studios


@dataclass(eq=False)
class FilmPage:
    """The components of the page by what they are for."""

    screen: Any
    status: Any
    strip: Any
    given: Any
    samples: Any
    styles: Any
    own_style: Any
    quality: Any
    size: Any
    loop: Any
    notice: Any
    paint: Any
    preview: Any
    stop: Any
    made: Any
    timer: Any


def lay_out_films() -> FilmPage:
    """Place everything on the page and return it."""
    gr.Navbar(main_page_name=MAIN_PAGE)
    gr.HTML("<header><h1>Impasto</h1><p>Paint a film as one.</p></header>")
    with gr.Row(elem_classes="bench", equal_height=False):
        with gr.Column(elem_classes="shown", scale=3):
            screen = gr.HTML(film_views.FILM_INVITATION, elem_id="screen")
            status = gr.HTML("", elem_id="film-status", js_on_load=ALOUD)
        with gr.Column(elem_classes="asked", scale=2):
            given = gr.File(
                label="Your clip", height=110, elem_id="give-clip",
                file_types=["video", ".mkv", ".gif", ".apng"],
            )  # fmt: skip
            given.preprocess = undecoded
            gr.HTML('<h2 class="heading">Sample</h2>')
            samples = gr.HTML(elem_id="sample-clips", js_on_load=script("pick"))
            strip = gr.HTML("", elem_id="filmstrip", js_on_load=script("range"))
            gr.HTML('<h2 class="heading">Style</h2>')
            styles = gr.HTML(elem_id="film-styles", js_on_load=script("pick"))
            own_style = gr.UploadButton(
                "A painting of your own", size="sm", elem_id="own-style", type="filepath",
                file_types=["image"],
            )  # fmt: skip
            own_style.preprocess = undecoded
            quality = gr.Radio(
                list(FILM_QUALITIES), value="Quick", label="Quality", elem_id="film-quality",
                info="Quick takes seconds a frame, Fine minutes",
            )  # fmt: skip
            size = gr.Radio(
                list(FILM_SIZES), value=FILM_SIZES[0], label="Size", elem_id="film-size",
                info="long side in pixels",
            )  # fmt: skip
            loop = gr.Checkbox(
                label="Loop", info=CLIP_SPECS["loop"].help, elem_id="film-loop", value=False
            )
            notice = gr.HTML(views.notice(""), elem_id="film-notice")
            with gr.Row(elem_classes="actions"):
                paint = gr.Button("Paint", variant="primary", elem_id="paint-film", scale=3)
                preview = gr.Button("Preview", elem_id="preview-film", scale=1)
                stop = gr.Button("Stop and keep", variant="stop", elem_id="stop-film", scale=1)
    gr.HTML('<h2 class="heading">Finished films</h2>')
    made = gr.HTML(elem_id="films", js_on_load=script("pick"))
    timer = gr.Timer(IDLE_SECONDS)
    return FilmPage(
        screen, status, strip, given, samples, styles, own_style, quality, size, loop, notice,
        paint, preview, stop, made, timer,
    )  # fmt: skip


class FilmEvents(SideEvents[FilmStudio, FilmTab]):
    """Connects the page of films with the studio."""

    def __init__(self, studios: Studios, page: FilmPage) -> None:
        self.page = page
        live = [page.screen, page.status, page.strip, page.samples, page.styles, page.made,
                page.stop, page.timer]  # fmt: skip
        super().__init__(studios, page.notice, live)

    def connect(self, blocks: gr.Blocks) -> None:
        """Connect everything."""
        page, after = self.page, self.after
        self.connect_upload(page.given, lambda studio, tab, path: studio.upload(tab, path))
        self.connect_upload(
            page.own_style, lambda studio, tab, path: studio.upload_style(tab, path)
        )
        page.strip.click(self.select, None, after, **NO_PROGRESS)
        page.samples.click(self.choose, None, after, **NO_PROGRESS)
        page.made.click(self.choose, None, after, **NO_PROGRESS)
        page.styles.click(self.choose_style, None, after, **NO_PROGRESS)
        asked = [page.quality, page.size, page.loop]
        page.paint.click(self.paint, asked, after, **NO_PROGRESS)
        page.preview.click(self.see, asked, after, **NO_PROGRESS)
        for button in (page.paint, page.preview, page.made):
            button.click(None, js=TO_SCREEN)
        page.stop.click(self.stop, None, after, **NO_PROGRESS)
        self.connect_looks(blocks, page.timer)

    def select(self, event: gr.EventData, request: gr.Request) -> list[Any]:
        """Choose a part of the clip."""
        data = event._data if isinstance(event._data, dict) else {}
        start, end = data.get("start"), data.get("end")
        return self.answer(request, lambda studio, tab: studio.select(tab, start, end))

    def choose(self, event: gr.EventData, request: gr.Request) -> list[Any]:
        """Take the sample, show what was painted, or delete it."""
        name = chosen(event)
        if is_removal(event):
            return self.answer(request, lambda studio, tab: studio.remove(tab, name))
        return self.answer(request, lambda studio, tab: studio.choose(tab, name))

    def choose_style(self, event: gr.EventData, request: gr.Request) -> list[Any]:
        """Take a style picture."""
        name = chosen(event)
        return self.answer(request, lambda studio, tab: studio.choose_style(tab, name))

    def paint(self, quality: Any, size: Any, loop: Any, request: gr.Request) -> list[Any]:
        """Ask for the film."""
        return self.make(quality, size, loop, False, request)

    def see(self, quality: Any, size: Any, loop: Any, request: gr.Request) -> list[Any]:
        """Ask for a small one, which is soon there."""
        return self.make(quality, size, loop, True, request)

    def make(
        self, quality: Any, size: Any, loop: Any, preview: bool, request: gr.Request
    ) -> list[Any]:
        """Ask for a film; anything may come from the page."""
        known = str(quality) if quality in FILM_QUALITIES else "Quick"
        values = {"size": size if size in FILM_SIZES else FILM_SIZES[0], "loop": bool(loop)}
        return self.answer(request, lambda studio, tab: studio.make(tab, values, known, preview))

    def stop(self, request: gr.Request) -> list[Any]:
        """Stop what is painted, and keep it."""
        return self.answer(request, lambda studio, tab: studio.stop(tab))

    def at(self, request: gr.Request) -> tuple[FilmStudio, FilmTab]:
        """Return the studio of who is logged in, and the page that an event comes from."""
        studio = self.studios.of(request.username).film_studio
        return studio, studio.tabs.of(request.session_hash)

    def parts(self, studio: FilmStudio, tab: FilmTab) -> dict[str, Any]:
        """Return what every part of the page shows now."""
        studio.advance(tab)
        store = studio.store
        return {
            "screen": film_views.screen(store, tab),
            "status": film_views.film_status(tab),
            "strip": film_views.strip_of(store, tab.clip),
            "samples": film_views.sample_clips(store, tab.clip),
            "styles": film_views.film_styles(studio.inputs, tab),
            "made": film_views.films(store),
            "stop": gr.update(visible=tab.busy),
            "timer": gr.update(value=BUSY if tab.busy else IDLE_SECONDS),
        }
