"""The stage, and the ways to it: a pair at first, styles on one's own picture, drops anywhere."""

import base64
import io

from PIL import Image

from tests.support.studio_page import accepted, choose, finished, paint, settled, shows

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


def test_a_page_lands_on_a_finished_pair_and_its_slider_moves_once(open_page):
    page = open_page(motion="no-preference")
    page.wait_for_function("document.querySelector('.landing')?.dataset.shown === ''")
    settled(page, "50%")
    assert page.locator(".landing input").input_value() == "50"
    assert page.locator(".landing img").first.evaluate("e => e.naturalWidth") == 640


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
