"""The stage, and the ways to it: a pair at first, styles on one's own picture, drops anywhere."""

import base64
import io

import pytest
from PIL import Image

from tests.support.studio_page import accepted, choose, finished, paint, shows, upload

DROP = """async ([target, pictures]) => {
  const files = new DataTransfer();
  for (const [name, data] of pictures)
    files.items.add(new File([await (await fetch(data)).blob()], name, {type: 'image/png'}));
  const box = document.querySelector(target);
  for (const kind of ['dragenter', 'dragover', 'drop'])
    box.dispatchEvent(new DragEvent(kind, {dataTransfer: files, bubbles: true, cancelable: true}));
}"""
"""Drops files on a part of the page, by the events that a browser sends."""


def picture(name: str, color: str) -> list[str]:
    """Return a picture to drop: its name, and its content as an address."""
    file = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").resize((60, 40)).save(file, "PNG")
    with Image.open(file) as plain:
        out = io.BytesIO()
        Image.blend(plain, Image.new("RGB", plain.size, color), 0.5).save(out, "PNG")
    return [name, f"data:image/png;base64,{base64.b64encode(out.getvalue()).decode()}"]


def settled(page, place: str) -> None:
    """Wait until the slider is somewhere; the box that it is typed in rounds."""
    page.wait_for_function(
        "place => document.querySelector('.stage').style.getPropertyValue('--at') === place",
        arg=place,
    )


def test_a_page_lands_on_a_finished_pair_and_its_slider_moves_once(open_page):
    page = open_page(motion="no-preference")
    page.wait_for_function("document.querySelector('.landing')?.dataset.shown === ''")
    settled(page, "50%")
    assert page.locator(".landing input").input_value() == "50"
    assert page.locator(".landing img").first.evaluate("e => e.naturalWidth") == 640


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1024, "dark"), (390, "light")])
def test_styles_are_painted_on_the_photograph_and_chosen_by_what_they_make_of_it(
    open_page, width, scheme
):
    page = open_page(width=width, scheme=scheme)
    page.click("#photographs button[title=coffee]")
    accepted(page, "photograph")
    page.wait_for_function("document.querySelectorAll('#styles .inset').length === 6")
    page.click("#styles button[title=dots]")
    accepted(page, "painting-1")
    page.wait_for_selector("#styles button[title=dots][aria-pressed=true]")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_two_pictures_dropped_on_the_page_are_photograph_and_style(open_page):
    page = open_page()
    page.evaluate(DROP, ["#stage", [picture("mine.png", "red"), picture("hers.png", "blue")]])
    accepted(page, "photograph", "painting-1")
    assert page.url.startswith("http://127.0.0.1")

    # one more: the page asks what it is, and the box that it goes to is exchanged
    before = page.locator("#painting-1 img").get_attribute("src")
    page.evaluate(DROP, ["header", [picture("third.png", "green")]])
    page.locator("#ask[open]").wait_for()
    page.click("#ask button[value=painting-1]")
    page.wait_for_function(
        "before => document.querySelector('#painting-1 img')?.src.endsWith(before) === false",
        arg=before,
    )
    accepted(page, "photograph", "painting-1")

    # neither: nothing changes
    page.evaluate(DROP, ["footer, #history", [picture("fourth.png", "yellow")]])
    page.locator("#ask[open]").wait_for()
    page.click("#ask button.quiet")
    page.locator("#ask").wait_for(state="hidden")


def test_a_bad_file_says_so_at_its_box_and_keeps_what_was_there(open_page):
    page = open_page()
    page.click("#photographs button[title=coffee]")
    page.click("#styles button[title=ink]")
    accepted(page, "photograph", "painting-1")
    shown = page.locator("#photograph img").get_attribute("src")
    bad = ["diary.png", "data:image/png;base64,RGVhciBkaWFyeQ=="]
    page.evaluate(DROP, ["#stage", [bad]])
    page.click("#ask button[value=photograph]")
    shows(page, "#wrong-photograph", "'diary.png' is not a picture that can be read")
    assert page.locator("#photograph img").get_attribute("src") == shown


@pytest.mark.parametrize("width", [1440, 1024])
def test_the_stage_stays_in_sight_while_the_settings_are_scrolled(open_page, width):
    page = open_page(width=width)
    page.locator("#history button").first.click()
    finished(page)
    before = page.locator("#stage .stage").bounding_box()
    page.evaluate("scrollTo(0, 400)")
    after = page.locator("#stage .stage").bounding_box()
    assert before["y"] - 400 < -200  # where it would be
    assert after["y"] >= 0


def test_every_pixel_is_seen_and_moved_and_the_photograph_while_a_button_is_held(open_page):
    page = open_page()
    page.locator("#history button").first.click()
    finished(page)
    page.locator("[data-do=hold]").hover()  # which waits until it has come to rest
    page.mouse.down()
    settled(page, "100%")
    page.mouse.up()
    settled(page, "0%")
    page.click("[data-do=zoom]")
    page.wait_for_selector(".stage.zoomed")
    width = page.locator(".stage.zoomed img").first.evaluate("e => e.getBoundingClientRect().width")
    assert width == int(page.locator(".stage").get_attribute("data-width"))
    page.click("[data-do=zoom]")
    page.locator(".stage.zoomed").wait_for(state="detached")


def test_a_picture_fills_the_form_is_starred_compared_removed_and_put_back(open_page):
    page = open_page()
    choose(page, iterations="1")
    paint(page)
    finished(page)
    page.click("#star")
    page.wait_for_selector("#history .star")
    shows(page, "#star", "Unstar")
    page.click("#compare")
    shows(page, "#notice", "Choose a finished picture")
    page.locator("#history button").last.click()
    page.wait_for_selector(".compare .before:not([alt='the photograph'])")
    page.click("#compare")
    page.wait_for_selector(".compare .before[alt='the photograph']")

    count = page.locator("#history button").count()
    page.click("#remove")
    page.wait_for_function(
        "count => document.querySelectorAll('#history button').length < count", arg=count
    )
    page.click("#put-back")
    finished(page)
    page.wait_for_function(
        "count => document.querySelectorAll('#history button').length === count", arg=count
    )

    page.click("#photographs button[title=cat]")
    page.wait_for_selector("#photograph img[src*='photograph-cat']")
    page.click("#use")
    shows(page, "#notice", "settings and the pictures are in the form")
    page.wait_for_selector("#photograph img[src*='photograph-coffee']")


def test_variants_are_shown_on_the_stage(open_page, photograph):
    page = open_page()
    upload(page, "photograph", photograph)
    accepted(page, "photograph")
    page.click("#styles button[title=ink]")
    accepted(page, "painting-1")
    page.click("#vary")
    page.wait_for_selector("#sheet figure")
    page.locator("#stage .stage").wait_for(state="detached")
    page.click("#stop")
    page.locator("#history button").first.click()
    finished(page)
