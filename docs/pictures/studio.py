"""The pictures of the studio: the page itself, in chromium, with what a person would do."""

from __future__ import annotations

import functools
import io
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image, ImageOps
from playwright.sync_api import sync_playwright
from tests.support.studio import serving

from impasto import stylize
from impasto.samples import painting, photograph
from impasto.settings import LOOKS
from impasto.studio.words import DIALS

WIDTH, HEIGHT = 1280, 800


@contextmanager
def page() -> Iterator[Any]:
    """Open the page of a studio that has painted nothing yet."""
    with (
        TemporaryDirectory() as folder,
        serving(Path(folder)) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        opened = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        opened.goto(address)
        opened.wait_for_selector("#photographs button")
        yield opened
        browser.close()


def seen(opened: Any) -> Image.Image:
    """Return what is seen of a page."""
    return Image.open(io.BytesIO(opened.screenshot())).convert("RGB")


def landing() -> Image.Image:
    """What a page begins with."""
    with page() as opened:
        opened.wait_for_function("document.querySelector('.landing input').value === '50'")
        return seen(opened)


def styles() -> Image.Image:
    """The sample styles on a photograph."""
    with page() as opened:
        opened.click("#photographs button[title=cat]")
        opened.wait_for_function("document.querySelectorAll('#styles .inset').length === 6",
                                 timeout=300_000)  # fmt: skip
        opened.click("#styles button[title=swirls]")
        opened.wait_for_selector("#styles button[title=swirls][aria-pressed=true]")
        box = opened.locator("#panel").bounding_box()
        whole = seen(opened)
        return whole.crop((round(box["x"]) - 12, 80, WIDTH, HEIGHT))


CARD = (240, 160)
"""Width and height of a card on the page, for screens with two pixels to one of the page's."""


def card(look: str | None = None, **settings: Any) -> Image.Image:
    """What a look, or some settings, make of a sample."""
    sample = photograph("cat"), painting("swirls" if look else "facets")
    common = {"backbone": "pocket", "size": 320, "precision": "float32", "threads": 1}
    painted = stylize(*sample, look=look, **common, **settings).image
    return ImageOps.fit(painted, CARD, Image.Resampling.LANCZOS)


CARDS: dict[str, Callable[[], Image.Image]] = {
    **{f"look-{name}": functools.partial(card, name) for name in LOOKS},
    **{
        mark.picture: functools.partial(card, style_scale=mark.value)
        for mark in DIALS["style_scale"].marks
    },
}
"""Pictures on the page itself."""

ON_THE_PAGE = ("before", "after", *CARDS)
"""What lies in the studio's own folder."""


SHEETS: dict[str, Callable[[], Image.Image]] = {
    "studio": landing,
    "studio-styles": styles,
    **CARDS,
}
