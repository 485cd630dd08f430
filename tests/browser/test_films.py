"""From a clip to a film."""

import pytest

from tests.support.clips import heard, panning, shown, write_film

PLAYING = (
    "(video => video.readyState >= 2 && video.currentTime > 0)(document.querySelector('video'))"
)


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_a_part_of_a_clip_becomes_a_film(open_page, address, width, scheme, tmp_path):
    clip = write_film(tmp_path / "pan.mp4", panning(count=4, step=width // 300), sound="aac")
    page = open_page(width=width, scheme=scheme)
    page.goto(f"{address}films")
    page.wait_for_selector("#sample-clips button")
    page.locator("#give-clip input[type=file]").set_input_files(str(clip))
    page.wait_for_selector(".filmstrip")
    page.click("#film-styles button[title=ink]")
    page.wait_for_selector("#film-styles button[aria-pressed=true]")

    # the first frame is left out: with the keyboard, four steps of a hundredth of a second
    page.focus(".filmstrip input.from")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "document.querySelector('.filmstrip output').textContent === '0:00.04 to 0:00.16, 3 frames'"
    )
    page.click("#paint-film")
    page.wait_for_selector("video")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate("document.querySelector('video').play()")
    page.wait_for_function(PLAYING)
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    found = axe.run(page).response["violations"]
    assert {each["id"]: [node["html"] for node in each["nodes"]] for each in found} == {}

    with page.expect_download() as download:
        page.click("#screen a.download")
    download.value.save_as(tmp_path / "painted.mp4")
    assert download.value.suggested_filename == "pan-in-the-style-of-ink.mp4"
    assert len(shown(tmp_path / "painted.mp4")) == 3
    assert heard(tmp_path / "painted.mp4")
    page.locator("#films .delete").first.click()
    page.wait_for_selector(".filmstrip")
