"""Finished pictures: shown, used again, shared, compared, judged, removed, and whose they are."""

import json

from PIL import Image

from impasto.job import Recipe
from tests.support.studio_page import (
    accepted,
    filled,
    finished,
    open_picture,
    show_first,
    shows,
)


def test_a_picture_is_downloaded_shared_and_back_in_the_form(open_page, tmp_path):
    page = open_page()
    page.locator("#history button").last.click()
    finished(page)
    shows(page, "#details", "64 × 43 pixels (0.5 × 0.4 cm at 300 pixels per inch)")
    page.click("#details summary")
    shows(page, "#details table", "style_weight")
    assert page.locator("#details svg.curve").count() == 1
    with page.expect_download() as download:
        page.click("a.download")
    assert download.value.suggested_filename == "coffee-in-the-style-of-ink.png"
    saved = tmp_path / "saved.png"
    download.value.save_as(saved)
    with Image.open(saved) as picture:
        assert (picture.format, picture.size) == ("PNG", (64, 43))
    settings = Recipe.of_picture(saved).settings
    assert (settings.style_weight, settings.iterations) == (20, 6)
    with page.expect_download() as download:
        page.click("[data-export=page]")
    download.value.save_as(tmp_path / "shared.html")
    shared = (tmp_path / "shared.html").read_text(encoding="utf-8")
    assert shared.count('src="data:image/jpeg;base64,') == 2
    assert "http" not in shared  # it needs nothing else

    page.click("#paper input")
    page.locator("[role=option]", has_text="15 × 10 cm").click()
    filled(page, "size", "1772")
    page.click("#photographs button[title=cat]")
    page.wait_for_selector("#photograph img[src*='photograph-cat']")
    page.click("#use")
    shows(page, "#notice", "settings and the pictures are in the form")
    page.wait_for_selector("#photograph img:not([src*='photograph-cat'])")
    filled(page, "size", "64")

    # a page opened later finds the settings and the pictures again by the file
    other = open_page(width=390, scheme="dark")
    open_picture(other, saved)
    accepted(other, "painting-1")
    shows(other, "#notice", "settings and the pictures are in the form")
    filled(other, "size", "64")


def test_pictures_are_starred_compared_removed_put_back_and_judged_blindly(open_page, folder):
    page = open_page(width=1024, scheme="dark")
    show_first(page)
    page.click("#star")
    star = page.locator("#history .star").first
    star.scroll_into_view_if_needed()
    assert page.evaluate(ON_TOP, star.bounding_box()) == "star"
    shows(page, "#star", "Unstar")
    page.click("#compare")
    shows(page, "#notice", "Choose a finished picture")
    page.locator("#history button").last.click()
    page.wait_for_selector(".compare .before:not([alt='the photograph'])")
    page.click("#compare")
    page.wait_for_selector(".compare .before[alt='the photograph']")

    count = page.locator("#history button").count()
    page.click("#remove")
    page.wait_for_function(COUNTED, arg=count - 1)
    page.click("#put-back")
    finished(page)
    page.wait_for_function(COUNTED, arg=count)

    page.click("#trial > button")
    page.click("#blind [data-name=start]")
    page.wait_for_function("document.querySelectorAll('#blind .blind img').length === 2")
    page.click("#blind [data-name=left]")
    shows(page, "#blind", "1 answered")
    lines = (folder / "answers.jsonl").read_text(encoding="utf-8").splitlines()
    answer = json.loads(lines[-1])
    assert answer["liked"] == "left"
    assert answer["left"]["settings"] != answer["right"]["settings"]


COUNTED = "count => document.querySelectorAll('#history button').length === count"

ON_TOP = "box => document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2).className"


def test_another_user_sees_nothing_of_it(open_page):
    page = open_page(width=390, user="ben")
    assert page.locator("#history button").count() == 0
    shows(page, "#history", "What you paint is kept here.")
    assert page.locator("#photographs button[data-remove], #own-styles button").count() == 0
