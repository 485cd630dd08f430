"""Pictures as they come in: dropped, pasted, chosen, asked about, refused, deleted."""

import io

from PIL import Image

from tests.support.studio_page import (
    accepted,
    drawn,
    drop,
    fill,
    finished,
    paint,
    paste,
    shows,
    unfold,
    upload,
)


def png(color: str) -> bytes:
    """Return a picture of its own: one that is known already keeps the name that it came with."""
    plain, file = Image.linear_gradient("L").convert("RGB").resize((60, 40)), io.BytesIO()
    Image.blend(plain, Image.new("RGB", plain.size, color), 0.5).save(file, "PNG")
    return file.getvalue()


def test_what_is_dropped_anywhere_goes_where_it_belongs(open_page):
    page = open_page()
    drop(page, "#stage", ("mine.png", png("red")), ("hers.png", png("blue")))
    accepted(page, "photograph", "painting-1")
    assert page.url.startswith("http://127.0.0.1")

    # one more: the page asks what it is, in its middle, and the box that it goes to is exchanged
    before = page.locator("#painting-1 img").get_attribute("src")
    drop(page, "header", ("third.png", png("green")))
    box = page.locator("#ask[open]").bounding_box()
    assert abs(box["y"] + box["height"] / 2 - 844 / 2) <= 2
    page.click("#ask button[value=painting-1]")
    page.wait_for_function(
        "before => document.querySelector('#painting-1 img')?.src.endsWith(before) === false",
        arg=before,
    )
    accepted(page, "photograph", "painting-1")

    # neither: nothing changes
    drop(page, "#history", ("fourth.png", png("yellow")))
    page.locator("#ask[open]").wait_for()
    page.click("#ask button.quiet")
    page.locator("#ask").wait_for(state="hidden")

    # photographs and styles are kept apart, and deleted where nothing needs them
    own = "#own-styles button[title='hers.png']"
    page.wait_for_selector(own)
    assert page.locator("#photographs button[title='hers.png']").count() == 0
    page.click("#own-styles button[title='Delete hers.png']")
    page.locator(own).wait_for(state="detached")


def test_a_bad_file_says_so_at_its_box_and_keeps_what_was_there(open_page, tmp_path):
    page = open_page()
    (tmp_path / "notes.png").write_text("Dear diary")
    upload(page, "photograph", tmp_path / "notes.png")
    shows(page, "#wrong-photograph", "'notes.png' is not a picture that can be read")
    assert "/" not in page.locator("#wrong-photograph").inner_text()
    page.locator("#photograph img").wait_for(state="detached")
    paint(page)
    shows(page, "#notice", "There is no photograph yet")

    # with the next picture, both are old news
    page.click("#photographs button[title=coffee]")
    accepted(page, "photograph")
    page.locator("#wrong-photograph [role=alert]").wait_for(state="detached")
    page.locator("#notice [role=alert]").wait_for(state="detached")
    page.click("#styles button[title=ink]")
    accepted(page, "painting-1")

    shown = page.locator("#photograph img").get_attribute("src")
    drop(page, "#stage", ("diary.png", b"Dear diary"))
    page.click("#ask button[value=photograph]")
    shows(page, "#wrong-photograph", "'diary.png' is not a picture that can be read")
    assert page.locator("#photograph img").get_attribute("src") == shown

    Image.new("1", (9000, 8000)).save(tmp_path / "large.png")
    drop(page, "#stage", ("large.png", (tmp_path / "large.png").read_bytes()))
    page.click("#ask button[value=painting-1]")
    shows(page, "#wrong-painting-1", "'large.png' has 9000 x 8000 pixels: at most 64 million")


def test_pictures_are_pasted_and_a_second_painting_has_its_weight(open_page, store):
    page = open_page()
    unfold(page)
    page.locator("#setting-backbone label", has_text="Quick").click()
    for place in ("photograph", "painting-1"):
        paste(page, "own.png", png("pink"))
        accepted(page, place)
    page.click("#more > button")
    drawn(page, "#weight-2")
    page.locator("#sample label", has_text="2").click()
    page.click("#styles button[title=ink]")
    accepted(page, "painting-2")
    page.locator("#weight-2 input[type=number]").fill("3")
    page.locator("#weight-2 input[type=number]").press("Tab")
    fill(page, "size", "48")
    fill(page, "iterations", "1")
    paint(page)
    finished(page)
    recipe = store().recipe(store().entries[0])
    assert recipe.settings.style_blend == (1, 3)
    assert len(recipe.styles) == 2
