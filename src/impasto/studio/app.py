"""The page as Gradio serves it: nothing from other hosts, no files but the studio's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
from starlette.middleware import Middleware

from impasto.errors import PictureError, UsageError
from impasto.studio.address import Address, bracketed
from impasto.studio.events import connect
from impasto.studio.film_page import FilmEvents, lay_out_films
from impasto.studio.guard import Guard, UploadLimit
from impasto.studio.logins import LoginDelay
from impasto.studio.page import lay_out
from impasto.studio.received import MOST_BYTES, NOT_RECEIVED, Received
from impasto.studio.side_page import MAIN_PAGE
from impasto.studio.sound_page import SoundEvents, lay_out_sounds
from impasto.studio.studios import Studios

SANS = ["ui-sans-serif", "system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"]
MONO = ["ui-monospace", "SF Mono", "Cascadia Mono", "Menlo", "Consolas", "monospace"]

LOGIN = {
    "body_background_fill": "#faf8f5", "body_background_fill_dark": "#181614",
    "block_background_fill": "#ffffff", "block_background_fill_dark": "#211e1b",
    "button_primary_background_fill": "#9c4220", "button_primary_background_fill_dark": "#e6936a",
    "button_primary_text_color": "#ffffff", "button_primary_text_color_dark": "#221208",
}  # fmt: skip
"""Colors of the page where one logs in, which is Gradio's, and does not load ``studio.css``."""

DAY = 86400
"""Seconds: what was received is deleted after this time; the studio has its own copy by then."""

TAKE_FILES = (gr.File, gr.Image, gr.UploadButton)
"""Components whose value is a file."""


class Blocks(gr.Blocks):  # type: ignore[misc]  # Gradio is optional, and not seen by mypy
    """A page whose events get only files that were uploaded.

    Gradio checks a path only where the sender has marked it as one. Here every input of every
    event is checked, before anything looks at it.
    """

    received: Received

    async def preprocess_data(self, block_fn: Any, inputs: list[Any], *rest: Any) -> Any:
        """Turn what a page has sent into the arguments of an event."""
        checked = [
            self.checked(component, value)
            for component, value in zip(block_fn.inputs, inputs, strict=False)
        ]
        return await super().preprocess_data(block_fn, checked, *rest)

    def checked(self, component: Any, value: Any) -> Any:
        """Return what was sent for a component.

        Raises:
            gr.Error: If it is a file, or looks like one, and was not received.
        """
        try:
            if isinstance(component, TAKE_FILES) and value is not None:
                sent = value.get("path") if isinstance(value, dict) else value
                return {"path": str(self.received.file(sent)), "meta": MARK}
            if isinstance(value, dict | list):  # no other component has values like these
                raise PictureError(NOT_RECEIVED)
        except PictureError as error:
            raise gr.Error(str(error), print_exception=False) from None
        return value


MARK = {"_type": "gradio.FileData"}
"""By which Gradio knows a file."""


def build(studios: Studios) -> gr.Blocks:
    """Return the page, connected."""
    with Blocks(
        title="Impasto", analytics_enabled=False, fill_width=True, delete_cache=(DAY, DAY)
    ) as blocks:
        gr.Navbar(main_page_name=MAIN_PAGE)
        connect(studios, lay_out(), blocks)
    with blocks.route("Sounds", "sounds"):
        SoundEvents(studios, lay_out_sounds()).connect(blocks)
    with blocks.route("Films", "films"):
        FilmEvents(studios, lay_out_films()).connect(blocks)
    blocks.received = studios.received
    return blocks


def start(blocks: gr.Blocks, studios: Studios, address: Address) -> None:
    """Serve the page without waiting for its end.

    Raises:
        UsageError: If the address has been taken meanwhile.
    """
    shown = [folder for each in studios.all() for folder in each.shown]
    gr.set_static_paths(shown)
    folders = [*shown, studios.received.folder]
    middleware = [
        Middleware(Guard, local=address.local, folders=folders),
        Middleware(LoginDelay),
        Middleware(UploadLimit, received=studios.received),
    ]
    try:
        blocks.launch(
            server_name=bracketed(address.host),
            server_port=address.port,
            auth=list(address.logins.items()) or None,
            prevent_thread_lock=True,
            quiet=True,
            share=False,
            inbrowser=False,
            ssr_mode=False,
            pwa=False,
            enable_monitoring=False,
            footer_links=[],
            run_history=False,
            max_file_size=MOST_BYTES,
            strict_cors=True,
            theme=theme(),
            css_paths=Path(__file__).parent / "studio.css",
            app_kwargs={"middleware": middleware, "docs_url": None, "redoc_url": None},
        )
    except OSError as error:
        raise UsageError(
            f"the studio cannot listen at {address.host}, port {address.port}: choose another "
            "with --port."
        ) from error


def theme() -> gr.themes.Base:
    """Return a theme with the fonts of the system and quiet colors."""
    return gr.themes.Base(
        font=SANS,
        font_mono=MONO,
        primary_hue=gr.themes.colors.stone,
        neutral_hue=gr.themes.colors.stone,
        radius_size=gr.themes.sizes.radius_md,
    ).set(**LOGIN)
