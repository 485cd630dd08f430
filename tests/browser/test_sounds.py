"""From a recording to more of it."""

import pytest

from impasto.sound import Sound, read_sound, write_sound
from tests.support.sounds import RATE, ticks

STATE = "[...document.querySelectorAll('audio')].map(each => [each.paused, each.currentTime])"


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_a_recording_becomes_more_of_it(open_page, address, width, scheme, tmp_path):
    write_sound(tmp_path / "ticks.wav", Sound(ticks(1.0 + width / 10_000), RATE))
    page = open_page(width=width, scheme=scheme)
    page.goto(f"{address}sounds")
    page.wait_for_selector("#sample-sounds button >> nth=5")
    page.locator("#give-sound input[type=file]").set_input_files(str(tmp_path / "ticks.wav"))
    page.wait_for_selector(".track")
    page.locator("#seconds input").fill("1.5")
    page.locator("#seconds input").press("Tab")
    page.click("#make")
    page.wait_for_selector("[data-hear='1']")
    assert page.evaluate("document.documentElement.scrollWidth") <= width

    # one is heard, then the other at the same moment
    page.click("[data-do=play]")
    page.wait_for_function(f"{STATE}[1][1] > 0.05")
    page.click("[data-hear='0']")
    page.wait_for_function(f"(([a, b]) => !a[0] && b[0])({STATE})")
    page.click("[data-do=play]")
    (paused, at), (_, other) = page.evaluate(STATE)
    assert paused
    assert at > 0
    assert other > 0.05

    with page.expect_download() as download:
        page.click("a.download")
    download.value.save_as(tmp_path / "more.wav")
    assert read_sound(tmp_path / "more.wav").seconds == 1.5
