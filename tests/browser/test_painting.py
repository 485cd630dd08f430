"""The studio as people use it: a real browser, from the upload to the download."""

from PIL import Image

from impasto.job.recipe import Recipe
from impasto.studio.store import Store
from tests.support.studio import serving
from tests.support.studio_page import (
    LONG,
    accepted,
    choose,
    fill,
    filled,
    finished,
    open_picture,
    paint,
    shows,
    unfold,
    unfold_group,
    upload,
)

AWAY = """() => {
  window.told = [];
  window.Notification = class {
    static permission = 'granted';
    constructor(title, options) { window.told.push(options.body); }
  };
  Object.defineProperty(document, 'hidden', {get: () => true});
}"""
"""Another tab is looked at, and the browser may tell what happens on this one."""


def test_a_picture_goes_from_upload_to_download_and_back_into_the_form(
    open_page, photograph, painting, tmp_path
):
    page = open_page()
    unfold(page)
    upload(page, "photograph", photograph)
    upload(page, "painting-1", painting)
    accepted(page, "photograph", "painting-1")
    fill(page, "style_weight", "7")
    fill(page, "size", "128")
    fill(page, "iterations", "4")
    paint(page)
    finished(page)
    shows(page, "#details", "128 × 96 pixels (1.1 × 0.8 cm at 300 pixels per inch), 4 evaluations")
    page.wait_for_function("document.querySelector('#stage img')?.naturalWidth === 128")
    with page.expect_download() as download:
        page.click("a.download")
    assert download.value.suggested_filename == "photo-png-in-the-style-of-painting-jpg.png"
    saved = tmp_path / "saved.png"
    download.value.save_as(saved)
    with Image.open(saved) as picture:
        assert (picture.format, picture.size) == ("PNG", (128, 96))
    settings = Recipe.of_picture(saved).settings
    assert (settings.style_weight, settings.iterations) == (140, 4)

    # and a page opened later finds the settings and the pictures again by that file
    other = open_page()
    open_picture(other, saved)
    accepted(other, "painting-1")
    shows(other, "#notice", "settings and the pictures are in the form")
    filled(other, "style_weight", "7")
    filled(other, "size", "128")


def test_stop_midway_keeps_the_picture_and_it_can_be_continued(open_page, folder):
    page = open_page()
    choose(page, iterations=LONG)
    paint(page)
    page.wait_for_selector("img.live")
    shows(page, "#status", "left")
    page.click("#progress > button")
    shows(page, "#numbers", "evaluation")
    assert page.locator("#status [role=progressbar]").get_attribute("aria-valuenow") is not None
    page.evaluate(AWAY)
    page.wait_for_function("document.title.includes('%')")
    page.click("#stop")
    finished(page)
    page.wait_for_function("window.told.length")
    assert page.evaluate("window.told") == ["coffee in the style of ink"]
    shows(page, "#status", "Stopped, and kept as it was.")
    count = len(Store(folder / "pictures").entries)
    assert Store(folder / "pictures").entries[0].stopped

    fill(page, "iterations", "2")
    page.click("#continue")
    shows(page, "#details", ", 2 evalua")
    page.click("#larger")
    shows(page, "#details", "256 × 171")
    entries = Store(folder / "pictures").entries
    assert [entry.evaluations for entry in entries[:2]] == [2, 2]
    assert len(entries) == count + 2


def test_two_tabs_take_turns_in_a_queue_that_both_see(open_page, folder):
    first, second = open_page(), open_page()
    first.bring_to_front()  # a page behind another one takes its time
    choose(first, iterations=LONG)
    paint(first)
    first.wait_for_selector("img.live")
    fill(first, "iterations", "2")
    paint(first)
    second.bring_to_front()
    choose(second, iterations="3")
    paint(second)
    second.wait_for_function("document.querySelectorAll('#queue li').length === 3")
    rows = second.locator("#queue li").all_inner_texts()
    assert ["(this page)" in row for row in rows] == [False, True, False]
    assert "painting" in rows[0]
    assert "waiting" in rows[1]
    shows(second, "#status", "Waiting for its turn")
    first.bring_to_front()
    first.wait_for_function("document.querySelectorAll('#queue li').length === 3")
    first.click("#stop")
    shows(first, "#details", ", 2 evalua")
    second.bring_to_front()
    finished(second)
    later, earlier = Store(folder / "pictures").entries[:2]
    assert (earlier.evaluations, later.evaluations) == (3, 2)


def test_a_closed_page_does_not_stop_its_picture(open_page, folder):
    page = open_page()
    before = len(Store(folder / "pictures").entries)
    choose(page, iterations="60")
    paint(page)
    page.wait_for_selector("#status p")
    page.close()
    other = open_page()
    other.wait_for_function(f"document.querySelectorAll('#history button').length === {before + 1}")
    assert Store(folder / "pictures").entries[0].evaluations == 60


def test_a_size_beyond_memory_and_a_bad_value_are_told_and_the_next_one_runs(open_page):
    page = open_page()
    choose(page)
    unfold_group(page, "Machine", "memory")
    page.locator("#setting-backbone label", has_text="Fine").click()
    # The studio itself takes half of that; the page's largest size would need two thirds.
    fill(page, "memory", "1.5")
    fill(page, "size", "2048")
    paint(page)
    shows(page, "#status", "largest size")
    fill(page, "size", "128")
    fill(page, "plan", "nonsense")
    paint(page)
    shows(page, "#notice", "plan is")
    fill(page, "plan", "")
    paint(page)
    finished(page)


def test_variants_are_chosen_from_a_sheet(open_page):
    page = open_page()
    choose(page, iterations="1", size="128")
    page.click("#vary")
    page.wait_for_selector("#sheet figure")
    page.locator("#stage .stage").wait_for(state="detached")  # the sheet is in its place
    page.wait_for_function("document.querySelectorAll('#sheet button').length === 9")
    page.locator("#sheet button").nth(8).click()
    shows(page, "#notice", "in the form")
    filled(page, "style_weight", "3")
    filled(page, "style_scale", "1.6")


def test_the_history_survives_a_restart(open_page, folder):
    entries = Store(folder / "pictures").entries
    with serving(folder) as address:
        page = open_page(address)
        page.wait_for_selector("#history button")
        assert page.locator("#history button").count() == min(len(entries), 48)
        page.locator("#history button").first.click()
        finished(page)
        shows(page, "#details", entries[0].title)
        page.click("#details summary")
        shows(page, "#details table", "style_weight")
