"""From a photograph to a finished picture, on a desk, on a small screen and on a phone."""

import pytest
from PIL import Image

from impasto.job import Recipe
from tests.support.studio_page import accepted, fill, finished, paint, settled, shows, unfold

VIEWS = [(1440, "light"), (1024, "dark"), (390, "light")]


@pytest.mark.parametrize(("width", "scheme"), VIEWS)
def test_a_photograph_becomes_a_picture(open_page, width, scheme, tmp_path):
    page = open_page(width=width, scheme=scheme)

    # a style is chosen by what it makes of the photograph
    page.click("#photographs button[title=coffee]")
    accepted(page, "photograph")
    page.wait_for_function("document.querySelectorAll('#styles .inset').length === 6")
    page.click("#styles button[title=dots]")
    accepted(page, "painting-1")
    page.wait_for_selector("#styles button[title=dots][aria-pressed=true]")

    # a look sets the dials, and a dial that is turned is no look anymore
    page.click("#looks button[title=Broad]")
    page.wait_for_selector("#looks [title=Broad][aria-pressed=true]")
    page.wait_for_selector("#setting-style_scale [aria-pressed=true] >> text=Broad")
    assert page.locator("#setting-style_weight .exact input").input_value() == "2"
    page.click("#setting-style_weight .marks >> text=Subtle")
    assert page.locator("#setting-style_weight .exact input").input_value() == "0.1"
    assert page.locator("#looks [aria-pressed=true]").count() == 0
    slider = page.locator("#setting-style_weight input[type=range]")
    slider.focus()
    slider.press("End")
    assert page.locator("#setting-style_weight .exact input").input_value() == "32"
    page.locator("#setting-color label", has_text="Photograph").click()
    page.locator("#setting-backbone label", has_text="Quick").click()
    unfold(page)
    fill(page, "iterations", "2")
    fill(page, "size", "128")

    # Paint is in reach, wherever one is; the picture is in sight
    button = page.locator("#paint").bounding_box()
    assert 0 < button["y"] < 844 - button["height"]
    paint(page)
    finished(page)
    place = page.locator("#stage .stage").bounding_box()
    assert 0 <= place["y"] < 844
    if width > 800:
        page.evaluate("scrollTo(0, 300)")
        assert page.locator("#stage .stage").bounding_box()["y"] >= 0

    # the slider is dragged, the photograph shown while a button is held, every pixel moved
    stage = page.locator("#stage .stage").bounding_box()
    middle = stage["y"] + stage["height"] / 2
    page.mouse.move(stage["x"] + 15, middle)
    page.mouse.down()
    page.mouse.move(stage["x"] + stage["width"] / 2, middle, steps=5)
    page.mouse.up()
    page.wait_for_function("() => Math.abs(document.querySelector('.stage input').value - 50) < 2")
    before = page.locator(".stage input").input_value()
    page.locator("[data-do=hold]").hover()
    page.mouse.down()
    settled(page, "100%")
    page.mouse.up()
    settled(page, f"{before}%")
    page.click("[data-do=zoom]")
    page.wait_for_selector(".stage.zoomed")
    shown = page.locator(".stage.zoomed img").first.evaluate("e => e.getBoundingClientRect().width")
    assert shown == 128
    page.click("[data-do=zoom]")
    page.locator(".stage.zoomed").wait_for(state="detached")
    page.click("[data-do=fullscreen]")
    page.wait_for_function("document.fullscreenElement?.matches('.frame')")
    page.evaluate("document.exitFullscreen()")
    page.wait_for_function("!document.fullscreenElement")

    # the file has what the form said; what is not there is not offered
    with page.expect_download() as download:
        page.click("#details a.file >> text=TIFF")
    download.value.save_as(tmp_path / "deep.tif")
    settings = Recipe.of_picture(tmp_path / "deep.tif").settings
    assert (settings.style_scale, settings.color, settings.backbone) == (
        (2.0,),
        "content",
        "pocket",
    )
    with page.expect_download() as download:
        page.click("[data-export=pair]")
    download.value.save_as(tmp_path / "pair.jpg")
    with Image.open(tmp_path / "pair.jpg") as pair:
        assert pair.width > 2 * 128
    page.wait_for_selector("#details a.file >> text=Film")
    page.click("#star")
    shows(page, "#star", "Unstar")


def test_a_size_on_paper_sets_the_size_in_pixels(open_page):
    page = open_page()
    page.click("#paper input")
    page.locator("[role=option]", has_text="15 × 10 cm").click()
    page.wait_for_function("document.querySelector('#setting-size .exact input').value === '1772'")


def test_a_shared_page_has_both_pictures_and_needs_nothing_else(open_page, tmp_path):
    page = open_page()
    page.locator("#history button").first.click()
    finished(page)
    with page.expect_download() as download:
        page.click("[data-export=page]")
    download.value.save_as(tmp_path / "shared.html")
    text = (tmp_path / "shared.html").read_text(encoding="utf-8")
    assert text.count('src="data:image/jpeg;base64,') == 2
    assert "http" not in text
