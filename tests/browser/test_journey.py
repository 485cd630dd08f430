"""From a photograph to a finished picture, on a desk, on a small screen and on a phone."""

import pytest
from PIL import Image

from impasto import samples
from impasto.job import Recipe
from tests.support.studio_page import (
    accepted,
    drop,
    fill,
    finished,
    number,
    paint,
    settled,
    shows,
    unfold,
)

VIEWS = [(1440, "light"), (1024, "dark"), (390, "light")]


def in_sight(page, place: str) -> bool:
    """Tell whether the top of something is on the screen, to the pixel."""
    return 0 <= round(page.locator(place).bounding_box()["y"]) < 844


@pytest.mark.parametrize(("width", "scheme"), VIEWS)
def test_a_photograph_becomes_a_picture(open_page, width, scheme, tmp_path):
    # one lands on a finished pair, whose slider moves once
    page = open_page(width=width, scheme=scheme, motion="no-preference")
    settled(page, "50%")
    assert in_sight(page, "#stage .landing")
    assert page.locator(".landing img").first.evaluate("e => e.naturalWidth") == 640
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")

    # a photograph is dropped, and a style is chosen by what it makes of it
    drop(page, "#stage", ("mine.jpg", samples.photograph("coffee").read_bytes()))
    accepted(page, "photograph")
    page.locator("#stage .given").wait_for(state="visible" if width > 800 else "attached")
    page.wait_for_function("document.querySelectorAll('#styles .inset').length === 6")
    page.click("#styles button[title=dots]")
    accepted(page, "painting-1")
    page.wait_for_selector("#styles button[title=dots][aria-pressed=true]")

    # a look sets the dials, and a dial that is turned is no look anymore
    page.click("#looks button[title=Broad]")
    page.wait_for_selector("#looks [title=Broad][aria-pressed=true]")
    page.wait_for_selector("#setting-style_scale [aria-pressed=true] >> text=Broad")
    assert number(page, "style_weight") == "2"
    page.click("#setting-style_weight .marks >> text=Subtle")
    assert number(page, "style_weight") == "0.1"
    assert page.locator("#looks [aria-pressed=true]").count() == 0
    page.locator("#setting-style_weight input[type=range]").press("End")
    assert number(page, "style_weight") == "32"
    page.locator("#setting-color label", has_text="Photograph").click()
    page.locator("#setting-backbone label", has_text="Quick").click()
    unfold(page)
    fill(page, "iterations", "2")
    fill(page, "size", "64")

    # Paint is in reach, and nothing lies over it; the picture is in sight, and stays there
    button = page.locator("#paint").bounding_box()
    assert 0 < button["y"] < 844 - button["height"]
    assert page.evaluate(ALL_OF_PAINT_IS_ITS_OWN)
    paint(page)
    finished(page)
    assert in_sight(page, "#stage .stage")
    if width > 800:
        page.evaluate("scrollTo(0, 300)")
        assert in_sight(page, "#stage .stage")
    look_closely(page)

    # the file has what the form said
    with page.expect_download() as download:
        page.click("#details a.file >> text=TIFF")
    download.value.save_as(tmp_path / "deep.tif")
    settings = Recipe.of_picture(tmp_path / "deep.tif").settings
    chosen = (settings.style_scale, settings.color, settings.backbone)
    assert chosen == ((2.0,), "content", "pocket")
    with page.expect_download() as download:
        page.click("[data-export=pair]")
    download.value.save_as(tmp_path / "pair.jpg")
    with Image.open(tmp_path / "pair.jpg") as pair:
        assert pair.width > 2 * 64
    page.wait_for_selector("#details a.file >> text=Film")


def look_closely(page) -> None:
    """Drag the slider, hold the button, move every pixel, and fill the screen."""
    stage = page.locator("#stage .stage").bounding_box()
    middle = stage["y"] + stage["height"] / 2
    page.mouse.move(stage["x"] + 15, middle)
    page.mouse.down()
    page.mouse.move(stage["x"] + stage["width"] / 2, middle, steps=5)
    page.mouse.up()
    page.wait_for_function("Math.abs(document.querySelector('.stage input').value - 50) < 2")
    before = page.locator(".stage input").input_value()
    page.locator("[data-do=hold]").hover()
    page.mouse.down()
    settled(page, "100%")
    page.mouse.up()
    settled(page, f"{before}%")
    page.click("[data-do=zoom]")
    shown = page.locator(".stage.zoomed img").first.bounding_box()
    stage = page.locator(".stage.zoomed").bounding_box()
    assert shown["width"] == 64
    assert abs(shown["x"] + 32 - stage["x"] - stage["width"] / 2) <= 1  # in the middle
    page.click("[data-do=zoom]")
    page.locator(".stage.zoomed").wait_for(state="detached")
    page.click("[data-do=fullscreen]")
    page.wait_for_function("document.fullscreenElement?.matches('.frame')")
    page.evaluate("document.exitFullscreen()")
    page.wait_for_function("!document.fullscreenElement")


ALL_OF_PAINT_IS_ITS_OWN = """() => {
  const {x, y, width, height} = document.getElementById('paint').getBoundingClientRect();
  return [0.02, 0.25, 0.5, 0.75, 0.98].every(share =>
    document.elementFromPoint(x + share * width, y + height / 2).closest('#paint'));
}"""


def test_a_picture_larger_than_the_stage_is_moved_by_dragging(open_page):
    page = open_page(width=390)
    page.locator("#history button").last.click()
    finished(page)
    page.locator("#stage .stage").evaluate("e => { e.dataset.width = 900; }")
    page.click("[data-do=zoom]")
    page.wait_for_function("document.querySelector('.zoomed').scrollLeft > 200")  # the middle
    stage = page.locator(".zoomed").bounding_box()
    x, y = stage["x"] + 200, stage["y"] + 100
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 100, y + 20, steps=4)
    page.mouse.up()
    at = page.locator(".zoomed").evaluate("e => e.scrollLeft")
    assert 170 <= at <= 190  # (900 - 342) / 2 - 100
    shows(page, "#details", "64 × 43")
