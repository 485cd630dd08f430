"""What the form says is seen at once: on the stage, or beside Paint while there is another one."""

from tests.support.studio_page import Page, accepted, choose, fill, finished, paint

ON_STAGE = "#stage .given img[src^='data:image/jpeg']"
BESIDE = "#sketch img[src^='data:image/jpeg']"


def give(page: Page) -> None:
    """Choose a photograph and a style, no more."""
    for place, sample in (
        ("photograph", "#photographs button[title=coffee]"),
        ("painting-1", "#styles button[title=ink]"),
    ):
        page.click(sample)
        accepted(page, place)


def source(page: Page, place: str) -> str:
    return str(page.locator(place).get_attribute("src"))


def changed(page: Page, place: str, before: str) -> str:
    """Wait until a sketch is another one, and return it."""
    page.wait_for_function(
        "([place, before]) => (document.querySelector(place)?.src ?? before) !== before",
        arg=[place, before],
    )
    return source(page, place)


def test_the_stage_shows_what_comes_and_follows_the_dials(open_page):
    page = open_page()
    give(page)
    page.wait_for_selector(ON_STAGE)
    first = source(page, ON_STAGE)
    page.locator("#setting-style_weight input[type=range]").press("End")
    strong = changed(page, ON_STAGE, first)
    page.locator("#setting-color label").nth(1).click()
    changed(page, ON_STAGE, strong)
    assert not page.locator("#sketch").is_visible()
    page.locator("#photograph .icon-button-wrapper button").first.click()
    page.locator(ON_STAGE).wait_for(state="detached")


def test_beside_a_finished_picture_the_sketch_is_in_the_bar_with_paint(open_page):
    page = open_page()
    choose(page)
    paint(page)
    finished(page)
    assert page.locator(BESIDE).count() == 0  # the stage shows what the form says
    fill(page, "style_scale", "1.6")
    page.wait_for_selector(BESIDE)
    assert page.locator("#stage .compare").is_visible()
    page.click("#larger")
    paint(page)
    page.locator(BESIDE).wait_for(state="detached")


def test_on_a_narrow_page_it_is_in_the_bar_which_covers_nothing_one_stops_at(open_page):
    page = open_page(width=390)
    give(page)
    page.wait_for_selector(BESIDE)
    assert not page.locator(ON_STAGE).is_visible()
    bar = page.locator("#begin").bounding_box()
    for place in ("#setting-style_scale input[type=range]", "#open", "#trial > button"):
        page.locator(place).focus()
        box = page.locator(place).bounding_box()
        assert box["y"] + box["height"] <= bar["y"], place
