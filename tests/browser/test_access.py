"""Everyone can use the page: on a phone, by keyboard, with a screen reader."""

import pytest

from tests.support.studio_page import accepted, show_first, unfold_everything

VIEWS = [(1440, "light"), (1024, "dark"), (390, "light")]


@pytest.mark.parametrize(("width", "scheme"), VIEWS)
def test_axe_finds_nothing_and_nothing_is_wider_than_the_page(open_page, width, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = open_page(width=width, scheme=scheme)
    show_first(page)
    page.click("#use")
    accepted(page, "photograph")
    unfold_everything(page)
    found = axe.run(page).response["violations"]
    assert {each["id"]: [node["html"] for node in each["nodes"]] for each in found} == {}
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CUT) == []
    if width < 800:
        assert page.evaluate(SMALL_TARGETS) == []
        edges = page.locator("header, #panel, #stage .stage, #begin .actions, #controls").all()
        assert {edge.bounding_box()["x"] for edge in edges} == {16}


def test_a_keyboard_is_soon_at_paint_and_reaches_everything(open_page):
    page = open_page()
    page.locator("#history button").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#stage .compare:not(.landing)")
    page.locator("#advanced > button").press("Enter")
    page.locator("#advanced .group > button").first.press("Enter")
    slider = page.locator(".compare input")
    for _ in range(5):
        slider.press("ArrowRight")
    assert page.locator(".compare").evaluate("e => e.style.getPropertyValue('--at')") == "5%"
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    page.mouse.click(2, 2)  # tabs begin where the last click was
    reached, places = [], "#photographs, #paint, #continue, #open"
    while "open" not in reached and len(reached) < 120:
        page.keyboard.press("Tab")
        reached.append(page.evaluate(f"document.activeElement.closest('{places}')?.id || ''"))
    order = [reached.index(name) for name in ("photographs", "paint", "continue", "open")]
    assert order == sorted(order)
    assert order[1] <= 8  # three pages, two boxes, styles, what folds, photographs

    # one goes from picture to picture with the arrow keys
    page.focus("#styles button[title=swirls]")
    for key in ("End", "ArrowLeft", "ArrowLeft"):
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.title") == "ink"
    page.keyboard.press("Enter")
    accepted(page, "painting-1")
    page.wait_for_selector("#styles button[title=ink][aria-pressed=true]")
    assert page.evaluate("document.activeElement.title") == "ink"  # drawn anew, it is kept


SMALL_TARGETS = """() => {
  const room = e => (e.matches('[type=radio], [type=checkbox]') && e.closest('label') || e)
    .getBoundingClientRect();
  const all = 'button, input:not([type=file]), select, textarea, a, summary';
  return [...document.querySelectorAll(all)]
    .filter(e => e.checkVisibility({visibilityProperty: true}))
    .filter(e => room(e).width < 44 || room(e).height < 44).map(e => e.outerHTML);
}"""
"""Controls that are smaller than a finger: 44 pixels, as in WCAG 2.5.5."""

CUT = """() => [...document.querySelectorAll('input:not([type=range], [type=file], [type=radio])')]
  .filter(e => e.checkVisibility({visibilityProperty: true}))
  .filter(e => e.parentElement.clientHeight && e.offsetHeight > e.parentElement.clientHeight + 2
    && getComputedStyle(e.parentElement).overflowY === 'hidden')
  .map(e => e.outerHTML)"""
"""Boxes of which a part is not seen."""
