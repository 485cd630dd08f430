"""While it is painted: stopped, gone on with, in turn with others, varied, and what goes wrong."""

from tests.support.studio_page import (
    LONG,
    accepted,
    choose,
    fill,
    filled,
    finished,
    paint,
    shows,
    unfold,
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


def test_stop_midway_keeps_the_picture_and_it_can_be_continued(open_page, store):
    page = open_page(width=390, scheme="dark")
    choose(page, iterations=LONG)
    paint(page)
    page.wait_for_selector("img.live")
    shows(page, "#status", "left")
    page.click("#progress > button")
    shows(page, "#numbers", "evaluation")
    assert page.locator("#status [role=progressbar]").get_attribute("aria-valuenow") is not None

    # opened anew meanwhile, the page shows it all the same, and fills the form from it
    page.reload()
    page.click("#use-running")
    accepted(page, "photograph", "painting-1")
    filled(page, "size", "64")
    page.evaluate(AWAY)
    page.wait_for_function("document.title.includes('%')")
    page.click("#stop")
    finished(page)
    page.wait_for_function("window.told.length")
    assert page.evaluate("window.told") == ["coffee in the style of ink"]
    shows(page, "#status", "Stopped, and kept as it was.")
    count = len(store().entries)
    assert store().entries[0].stopped

    # the last picture stays, dimmed, until the first new one
    unfold(page)
    fill(page, "iterations", "2")
    page.evaluate(WATCHED)
    page.click("#continue")
    shows(page, "#details", ", 2 evalua")
    assert page.evaluate("window.dimmed")
    page.click("#larger")
    shows(page, "#details", "128 × 85")
    entries = store().entries
    assert [entry.evaluations for entry in entries[:2]] == [2, 2]
    assert len(entries) == count + 2


WATCHED = """() => new MutationObserver(() => {
  window.dimmed ||= Boolean(document.querySelector('#stage .dimmed'));
}).observe(document.getElementById('stage'), {childList: true, subtree: true})"""
"""Remember whether the stage was dimmed, however short that was."""


def test_two_pages_take_turns_and_one_that_is_closed_stops_nothing(open_page, store):
    first, second = open_page(), open_page(width=1024, scheme="dark")
    count = len(store().entries)
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
    assert ["painting" in rows[0], "waiting" in rows[1]] == [True, True]
    shows(second, "#status", "Waiting for its turn")
    second.close()
    first.bring_to_front()
    first.click("#stop")
    shows(first, "#details", ", 2 evalua")
    later, earlier = store().entries[:2]
    assert (earlier.evaluations, later.evaluations) == (3, 2)
    assert len(store().entries) == count + 3


def test_variants_are_chosen_on_the_stage_and_a_bad_value_is_told(open_page):
    page = open_page(width=390)
    choose(page)
    page.click("#vary")
    page.wait_for_selector("#sheet figure")
    page.locator("#stage .stage").wait_for(state="detached")  # the sheet is in its place
    page.wait_for_function("document.querySelectorAll('#sheet button').length === 9")
    page.locator("#sheet button").nth(8).click()
    shows(page, "#notice", "in the form")
    filled(page, "style_weight", "3")
    filled(page, "style_scale", "1.6")

    # what is wrong is told in one sentence, and the next one is painted
    fill(page, "plan", "nonsense")
    paint(page)
    shows(page, "#notice", "Plan is")
    fill(page, "plan", "")
    paint(page)
    finished(page)
