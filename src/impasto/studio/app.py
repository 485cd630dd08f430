"""The page as Gradio serves it: nothing from other hosts, no files but the studio's own."""

from __future__ import annotations

from pathlib import Path

import gradio as gr
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from impasto.studio.address import Address
from impasto.studio.events import Events
from impasto.studio.inputs import MOST_BYTES
from impasto.studio.page import lay_out
from impasto.studio.studio import Studio

SANS = ["ui-sans-serif", "system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"]
MONO = ["ui-monospace", "SF Mono", "Cascadia Mono", "Menlo", "Consolas", "monospace"]

DAY = 86400
"""Seconds: what was received is deleted after this time; the studio has its own copy by then."""


def build(studio: Studio) -> gr.Blocks:
    """Return the page, connected."""
    with gr.Blocks(
        title="Impasto", analytics_enabled=False, fill_width=True, delete_cache=(DAY, DAY)
    ) as blocks:
        Events(studio, lay_out()).connect(blocks)
    return blocks


def start(blocks: gr.Blocks, studio: Studio, address: Address) -> None:
    """Serve the page without waiting for its end."""
    gr.set_static_paths([studio.inputs.folder, studio.store.folder])
    login = (address.user, address.password) if address.user and address.password else None
    middleware = [Middleware(Unnamed)]
    if address.local:  # a name that another site lets point to this machine is no way in
        names = ["127.0.0.1", "localhost", address.host]
        middleware.append(Middleware(TrustedHostMiddleware, allowed_hosts=names))
    blocks.launch(
        server_name=address.host,
        server_port=address.port,
        auth=login,
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


class Unnamed:
    """Serves files without their names on disk, so that a download gets the name on its link."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer without ``Content-Disposition: inline``."""

        async def forward(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    (key, value)
                    for key, value in message["headers"]
                    if key != b"content-disposition" or not value.startswith(b"inline")
                ]
            await send(message)

        await self.app(scope, receive, forward)


def theme() -> gr.themes.Base:
    """Return a theme with the fonts of the system and quiet colors."""
    return gr.themes.Base(
        font=SANS,
        font_mono=MONO,
        primary_hue=gr.themes.colors.stone,
        neutral_hue=gr.themes.colors.stone,
        radius_size=gr.themes.sizes.radius_md,
    )
