"""Regions that are painted with a brush."""

import numpy as np
from PIL import Image

from impasto import images, samples
from impasto.studio.store import Store
from tests.support.studio_page import (
    choose,
    finished,
    open_picture,
    paint,
    shows,
    stroke,
    understood,
)


def changed(store: Store) -> tuple[float, float]:
    """Return how much the left and the right half of the latest picture differ from before."""
    entry = store.entries[0]
    with Image.open(store.picture(entry)) as file:
        painted = np.asarray(file.convert("RGB"), float)
    before = images.read(samples.photograph("coffee")).over_white()
    before = images.resize(before, painted.shape[1], painted.shape[0]).clip(0, 1) * 255
    change, middle = np.abs(painted - before).max(axis=2), painted.shape[1] // 2
    return change[:, : middle - 8].max(), change[:, middle + 8 :].mean()


def test_only_what_the_brush_painted_is_restyled_also_larger_and_after_opening(open_page, store):
    page = open_page()
    choose(page, iterations="3")
    page.click("#regions > button")
    understood(page, "Nothing is painted")
    stroke(page, 0, "green", (0.1, 0.5), (0.4, 0.5))
    understood(page, "green")
    page.click("#brushes figure[data-place='0'] button[data-do=undo]")
    understood(page, "Nothing is painted")
    page.locator("#brushes .size").fill("30")
    for x in (0.68, 0.8, 0.95):
        stroke(page, 0, "red", (x, 0.0), (x, 1.0))
    understood(page, "The rest stays")
    stroke(page, 1, "blue", (0.5, 0.5))
    understood(page, "Painting 1 has no red")
    page.click("#brushes figure[data-place='1'] button[data-do=clear]")
    understood(page, "The rest stays")
    paint(page)
    finished(page)
    left, right = changed(store())
    assert left <= 1  # what rounding makes
    assert right > 5
    page.click("#larger")
    shows(page, "#details", "128 × 85")
    left, right = changed(store())
    assert left <= 1
    assert right > 5

    other = open_page()
    open_picture(other, store().picture(store().entries[0]))
    other.wait_for_selector("#notice .notice:not(:empty)")
    other.click("#regions > button")
    understood(other, "The rest stays")


def test_colors_tell_which_part_of_the_painting_goes_where_by_keyboard_too(open_page, store):
    page = open_page(width=390)
    choose(page)
    page.locator("#regions > button").press("Enter")
    canvas = page.locator("canvas[data-place='0'][data-ready]")
    canvas.focus()
    canvas.press("Shift+ArrowRight")
    canvas.press("ArrowDown")
    canvas.press("Space")
    understood(page, "Restyled: red")
    painted = canvas.evaluate("canvas => canvas.toDataURL()")
    for _ in range(2):  # folded away and back, it is the same
        page.locator("#regions > button").press("Enter")
    assert canvas.evaluate("canvas => canvas.toDataURL()") == painted

    page.locator("#brushes .size").fill("30")
    for place in (0, 1):
        stroke(page, place, "red", (0.2, 0.1), (0.2, 0.9))
        stroke(page, place, "cyan", (0.7, 0.1), (0.7, 0.9))
        words = "there is 1 painting" if place == 0 else "Restyled: red"
        understood(page, words)
    paint(page)
    finished(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    entry = store().entries[0]
    assert (len(entry.content_masks), len(entry.style_masks)) == (1, 1)
