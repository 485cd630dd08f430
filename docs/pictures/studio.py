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

from docs.pictures.sheets import sheet
from PIL import Image, ImageOps
from playwright.sync_api import sync_playwright
from tests.support.studio import serving

from impasto import stylize
from impasto.samples import painting, photograph
from impasto.settings import LOOKS
from impasto.studio.words import DIALS

WIDTH, HEIGHT = 1280, 800


PATIENCE = 1_000_000
"""Milliseconds that anything may take."""


@contextmanager
def page(width: int = WIDTH, height: int = HEIGHT, scheme: str = "light") -> Iterator[Any]:
    """Open the page of a studio that has painted nothing yet."""
    with (
        TemporaryDirectory() as folder,
        serving(Path(folder)) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        opened = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
        opened.set_default_timeout(PATIENCE)
        opened.goto(address)
        opened.wait_for_selector("#photographs button")
        yield opened
        browser.close()


def seen(opened: Any, above: str = "scrollTo(0, 0)") -> Image.Image:
    """Return what is seen of a page, from its top or from where a script scrolls to."""
    opened.mouse.move(2, 2)  # nothing looks as if it were pointed at
    opened.evaluate(above)
    opened.evaluate("document.activeElement.blur()")
    opened.wait_for_timeout(500)  # what moves to its place
    return Image.open(io.BytesIO(opened.screenshot())).convert("RGB")


def choose(opened: Any, photograph: str, style: str) -> None:
    """Choose a photograph and, when all styles are painted on it, one of them."""
    opened.click(f"#photographs button[title={photograph}]")
    opened.wait_for_function("document.querySelectorAll('#styles .inset').length === 6")
    opened.click(f"#styles button[title={style}]")
    opened.wait_for_selector(f"#styles button[title={style}][aria-pressed=true]")


def quick(opened: Any) -> None:
    """Choose the quick network, and a size at which it is quick."""
    opened.locator("#setting-backbone label", has_text="Quick").click()


def landing() -> Image.Image:
    """What a page begins with."""
    with page() as opened:
        opened.wait_for_function(
            "document.querySelector('.landing').style.getPropertyValue('--at') === '50%'"
        )
        return seen(opened)


def styles() -> Image.Image:
    """The sample styles on a photograph."""
    with page() as opened:
        choose(opened, "cat", "swirls")
        box = opened.locator("#panel").bounding_box()
        whole = seen(opened)
        return whole.crop((round(box["x"]) - 12, 80, WIDTH, HEIGHT))


def painting_now() -> Image.Image:
    """A picture that is being painted, in the dark."""
    with page(scheme="dark") as opened:
        choose(opened, "astronaut", "embers")
        quick(opened)
        opened.click("#paint")
        opened.wait_for_function(
            "document.querySelector('#status [role=progressbar]')?.ariaValueNow >= 30"
        )
        opened.wait_for_function("document.querySelector('img.live').complete")
        picture = seen(opened)
        opened.click("#stop")
        opened.wait_for_selector("#stage .compare:not(.landing)")
        return picture


def finished() -> Image.Image:
    """A finished picture beside its photograph, and what can be done with it."""
    with page() as opened:
        choose(opened, "coffee", "facets")
        quick(opened)
        opened.click("#paint")
        opened.wait_for_selector("#stage .compare:not(.landing)")
        opened.wait_for_selector("#details a.file >> text=Film")
        opened.wait_for_function("document.querySelector('.stage img').naturalWidth > 1")
        opened.locator(".stage input").fill("50")
        return seen(opened)


def phone() -> Image.Image:
    """The page on a phone: what is painted, and how."""
    with page(390, 844, "dark") as opened:
        choose(opened, "cat", "dots")
        looks = "document.getElementById('looks').scrollIntoView(); scrollBy(0, -52)"
        return sheet([seen(opened), seen(opened, above=looks)], height=844)


def films() -> Image.Image:
    """The page of films, with a preview that is finished."""
    with page() as opened:
        opened.goto(f"{opened.url.rstrip('/')}/films")
        opened.click("#sample-clips button")
        opened.click("#film-styles button[title=swirls]")
        opened.wait_for_selector("#film-styles button[aria-pressed=true]")
        opened.click("#preview-film")
        opened.wait_for_selector("video")
        opened.wait_for_function("document.querySelector('video').readyState >= 3")
        return seen(opened)


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
    "studio-painting": painting_now,
    "studio-finished": finished,
    "studio-phone": phone,
    "studio-films": films,
    **CARDS,
}
