"""The studio as people use it: a real browser, from the upload to the download."""

import base64
import json
import re
import urllib.error
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from impasto import images, samples
from impasto.job.recipe import Recipe
from impasto.studio.store import Store
from tests.browser.conftest import serving

LONG = "100000"


def unfold(page) -> None:
    """Open what iterations are folded away in.

    The page connects it only then: what is typed in the first moment is not sent.
    """
    page.click("#advanced > button")
    page.locator("#advanced .group > button", has_text="Optimization").click()
    page.locator("#setting-iterations").wait_for()
    page.wait_for_timeout(500)


def fill(page, setting: str, value: str) -> None:
    """Type a value into a setting."""
    box = page.locator(f"#setting-{setting} :is(input, textarea)").first
    box.fill(value)
    box.press("Tab")


def upload(page, place: str, file: Path) -> None:
    page.locator(f"#{place} input[type=file]").set_input_files(str(file))


def accepted(page, *places: str) -> None:
    """Wait until the page shows the studio's own copies."""
    for place in places:
        page.wait_for_selector(f"#{place} img[src*='/inputs/']")


def choose(page, iterations: str = "3", size: str = "128") -> None:
    """Choose samples and small settings."""
    unfold(page)
    for place, sample in (
        ("photograph", "#photographs button[title=coffee]"),
        ("painting-1", "#styles button[title=ink]"),
    ):
        page.click(sample)
        accepted(page, place)
    fill(page, "size", size)
    fill(page, "iterations", iterations)


def paint(page) -> None:
    page.click("#paint")


def finished(page) -> None:
    page.wait_for_selector("#stage .compare")


def test_from_upload_to_download(open_page, photograph, painting, tmp_path):
    page = open_page()
    unfold(page)
    upload(page, "photograph", photograph)
    upload(page, "painting-1", painting)
    accepted(page, "photograph", "painting-1")
    fill(page, "style_weight", "140")
    fill(page, "size", "128")
    fill(page, "iterations", "4")
    paint(page)
    finished(page)
    assert "128 × 96 pixels, 4 evaluations" in page.inner_text("#details")
    assert page.locator("#stage img").first.evaluate("image => image.naturalWidth") == 128
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
    other.locator("#controls input[type=file]").last.set_input_files(str(saved))
    accepted(other, "painting-1")
    assert "settings and the pictures are in the form" in other.inner_text("#notice")
    assert other.locator("#setting-style_weight input[type=number]").input_value() == "140"
    assert other.locator("#setting-size input[type=number]").input_value() == "128"


def test_stop_midway_keeps_the_picture_and_it_can_be_continued(open_page, folder):
    page = open_page()
    choose(page, iterations=LONG)
    paint(page)
    page.wait_for_selector("img.live")
    page.wait_for_function("document.querySelector('#status')?.innerText.includes('evaluation')")
    assert page.locator("#status [role=progressbar]").get_attribute("aria-valuenow") is not None
    page.click("#stop")
    finished(page)
    assert "Stopped, and kept as it was." in page.inner_text("#status")
    count = len(Store(folder / "pictures").entries)
    assert Store(folder / "pictures").entries[0].stopped

    fill(page, "iterations", "2")
    page.click("#continue")
    page.wait_for_function("document.querySelector('#details')?.innerText.includes(', 2 evalua')")
    page.click("#larger")
    page.wait_for_function("document.querySelector('#details')?.innerText.includes('256 × 171')")
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
    assert "Waiting for its turn" in second.inner_text("#status")
    first.bring_to_front()
    first.wait_for_function("document.querySelectorAll('#queue li').length === 3")
    first.click("#stop")
    first.wait_for_function("document.querySelector('#details')?.innerText.includes(', 2 evalua')")
    second.bring_to_front()
    finished(second)
    later, earlier = Store(folder / "pictures").entries[:2]
    assert (earlier.evaluations, later.evaluations) == (3, 2)


def stroke(page, place: int, color: str, *points: tuple[float, float]) -> None:
    """Paint with the mouse through points that are given as shares of width and height."""
    page.locator(f"#brushes input[value={color}]").check(force=True)
    canvas = page.locator(f"canvas[data-place='{place}'][data-ready]")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    for at, (x, y) in enumerate(points):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=5)
        if at == 0:
            page.mouse.down()
    page.mouse.up()


def understood(page, words: str) -> None:
    page.wait_for_function(f"document.querySelector('#understood')?.innerText.includes('{words}')")


def changed(entry, store: Store) -> tuple[float, float]:
    """Return how much the left and the right half of a picture differ from its photograph."""
    with Image.open(store.picture(entry)) as file:
        painted = np.asarray(file.convert("RGB"), float)
    before = images.read(samples.photograph("coffee")).over_white()
    before = images.resize(before, painted.shape[1], painted.shape[0]).clip(0, 1) * 255
    change, middle = np.abs(painted - before).max(axis=2), painted.shape[1] // 2
    return change[:, : middle - 8].max(), change[:, middle + 8 :].mean()


def test_only_what_the_brush_painted_is_restyled_also_larger_and_after_opening(
    open_page, folder, tmp_path
):
    page = open_page()
    choose(page, iterations="3", size="128")
    page.click("#regions > button")
    understood(page, "Nothing is painted")
    stroke(page, 0, "green", (0.1, 0.5), (0.4, 0.5))
    understood(page, "green")
    page.click("#brushes figure[data-place='0'] button[data-do=undo]")
    understood(page, "Nothing is painted")
    page.locator("#brushes .size").fill("30")
    for x in (0.68, 0.8, 0.95):
        stroke(page, 0, "red", (x, 0.0), (x, 1.0))
    understood(page, "The rest stays")
    stroke(page, 1, "blue", (0.5, 0.5))
    understood(page, "Painting 1 has no red")
    page.click("#brushes figure[data-place='1'] button[data-do=clear]")
    understood(page, "The rest stays")
    paint(page)
    finished(page)
    store = Store(folder / "pictures")
    left, right = changed(store.entries[0], store)
    assert left <= 1  # what rounding makes
    assert right > 5
    page.click("#larger")
    page.wait_for_function("document.querySelector('#details')?.innerText.includes('256 × 171')")
    store = Store(folder / "pictures")
    left, right = changed(store.entries[0], store)
    assert left <= 1
    assert right > 5

    other = open_page()
    other.locator("#controls input[type=file]").last.set_input_files(
        str(store.picture(store.entries[0]))
    )
    other.wait_for_selector("#notice .notice:not(:empty)")
    other.click("#regions > button")
    understood(other, "The rest stays")


def test_the_same_color_tells_which_part_of_the_painting_goes_where(open_page, folder):
    page = open_page(width=390)
    choose(page, iterations="2", size="128")
    page.click("#regions > button")
    page.locator("#brushes .size").fill("30")
    for place in (0, 1):
        stroke(page, place, "red", (0.2, 0.1), (0.2, 0.9))
        stroke(page, place, "cyan", (0.7, 0.1), (0.7, 0.9))
        words = "there is 1 painting" if place == 0 else "Restyled: red"
        understood(page, words)
    paint(page)
    finished(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    entry = Store(folder / "pictures").entries[0]
    assert (len(entry.content_masks), len(entry.style_masks)) == (1, 1)


def test_regions_are_painted_with_the_keyboard(open_page):
    page = open_page()
    choose(page)
    page.locator("#regions > button").press("Enter")
    canvas = page.locator("canvas[data-place='0'][data-ready]")
    canvas.focus()
    canvas.press("Shift+ArrowRight")
    canvas.press("ArrowDown")
    canvas.press("Space")
    understood(page, "Restyled: red")
    painted = canvas.evaluate("canvas => canvas.toDataURL()")
    for _ in range(2):  # folded away and back, it is the same
        page.locator("#regions > button").press("Enter")
    assert canvas.evaluate("canvas => canvas.toDataURL()") == painted


PASTED = """async data => {
  const blob = await (await fetch(data)).blob(), files = new DataTransfer();
  files.items.add(new File([blob], 'pasted.png', {type: 'image/png'}));
  document.body.dispatchEvent(new ClipboardEvent('paste', {clipboardData: files, bubbles: true}));
}"""


def test_pictures_are_pasted_and_a_second_painting_has_its_weight(open_page, photograph, folder):
    page = open_page()
    unfold(page)
    data = "data:image/png;base64," + base64.b64encode(photograph.read_bytes()).decode()
    for place in ("photograph", "painting-1"):
        page.evaluate(PASTED, data)
        accepted(page, place)
    page.click("#more > button")
    page.locator("#sample label", has_text="2").click()
    page.click("#styles button[title=ink]")
    accepted(page, "painting-2")
    page.locator("#weight-2 input[type=number]").fill("3")
    page.locator("#weight-2 input[type=number]").press("Tab")
    fill(page, "size", "128")
    fill(page, "iterations", "1")
    paint(page)
    finished(page)
    store = Store(folder / "pictures")
    recipe = store.recipe(store.entries[0])
    assert recipe.settings.style_blend == (1, 3)
    assert len(recipe.styles) == 2


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


def test_a_text_called_png_is_refused_in_one_sentence(open_page, tmp_path):
    page = open_page()
    (tmp_path / "notes.png").write_text("Dear diary")
    upload(page, "photograph", tmp_path / "notes.png")
    words = page.locator("#notice [role=alert]").inner_text()
    assert words.startswith("'notes.png' is not a picture that can be read")
    assert "/" not in words
    assert page.locator("#photograph img").count() == 0
    paint(page)
    page.wait_for_function("document.querySelector('#notice').innerText.includes('no photograph')")


def test_a_picture_over_the_limit_is_refused(open_page, tmp_path):
    page = open_page()
    Image.new("1", (9000, 8000)).save(tmp_path / "large.png")
    upload(page, "photograph", tmp_path / "large.png")
    assert (
        page.locator("#notice [role=alert]")
        .inner_text()
        .startswith("'large.png' has 9000 x 8000 pixels: at most 64 million")
    )


def test_a_size_beyond_memory_and_a_bad_value_are_told_and_the_next_one_runs(open_page):
    page = open_page()
    choose(page)
    page.locator("#advanced .group > button", has_text="Machine").click()
    page.locator("#setting-memory :is(input, textarea)").fill("1.2")
    fill(page, "size", "2048")
    paint(page)
    page.wait_for_function("document.querySelector('#status').innerText.includes('largest size')")
    fill(page, "size", "128")
    page.locator("#setting-plan input, #setting-plan textarea").fill("nonsense")
    page.locator("#setting-iterations :is(input, textarea)").press("Tab")
    paint(page)
    page.wait_for_function("document.querySelector('#notice').innerText.includes('plan is')")
    page.locator("#setting-plan input, #setting-plan textarea").fill("")
    page.locator("#setting-iterations :is(input, textarea)").press("Tab")
    paint(page)
    finished(page)


def test_variants_are_chosen_from_a_sheet(open_page):
    page = open_page()
    choose(page, iterations="1", size="128")
    page.click("#vary")
    page.wait_for_function("document.querySelectorAll('#sheet button').length === 9")
    page.locator("#sheet button").nth(8).click()
    page.wait_for_function("document.querySelector('#notice').innerText.includes('in the form')")
    assert page.locator("#setting-style_weight input[type=number]").input_value() == "300"
    assert page.locator("#setting-style_scale input[type=number]").input_value() == "1.6"


def test_the_history_survives_a_restart(open_page, folder):
    entries = Store(folder / "pictures").entries
    with serving(folder) as address:
        page = open_page(address)
        page.wait_for_selector("#history button")
        assert page.locator("#history button").count() == min(len(entries), 48)
        page.locator("#history button").first.click()
        finished(page)
        assert entries[0].title in page.inner_text("#details")
        page.click("#details summary")
        assert "style_weight" in page.inner_text("#details table")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_scrolls_down_only_and_text_stands_out(open_page, scheme):
    page = open_page(width=390, scheme=scheme)
    page.locator("#history button").first.click()
    finished(page)
    for selector in ("#more > button", "#advanced > button", "#details summary"):
        page.click(selector)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    contrasts = page.evaluate(CONTRASTS)
    assert contrasts
    assert {words: ratio for words, ratio in contrasts.items() if ratio < 4.5} == {}


def test_a_keyboard_reaches_everything_and_a_screen_reader_names_it(open_page):
    page = open_page()
    page.locator("#history button").first.focus()
    page.keyboard.press("Enter")
    finished(page)
    for selector in ("#more > button", "#advanced > button"):
        page.locator(selector).focus()
        page.keyboard.press("Enter")
    for group in page.locator("#advanced .group > button").all():
        group.press("Enter")
    assert page.evaluate(NAMELESS) == []
    slider = page.locator(".compare input")
    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    assert page.locator(".compare").evaluate("e => e.style.getPropertyValue('--at')") == "5%"
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    page.mouse.click(2, 2)  # tabs begin where the last click was
    reached, places = [], "#photographs, #paint, #continue, #open"
    for _ in range(160):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(f"document.activeElement.closest('{places}')?.id || ''"))
    order = [reached.index(name) for name in ("photographs", "paint", "continue", "open")]
    assert order == sorted(order)


def test_no_path_from_a_page_is_opened(address, folder, tmp_path):
    (tmp_path / "secret.png").write_bytes(b"secret")
    for path in (tmp_path / "secret.png", "/etc/passwd", folder / "pictures/../../x", __file__):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{address}gradio_api/file={path}")
        assert refused.value.code in (403, 404)
    config = json.load(urllib.request.urlopen(f"{address}config"))
    file = {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}
    tried = 0
    for event in config["dependencies"]:
        if any(target[1] == "upload" for target in event["targets"]):
            body = {"data": [file], "fn_index": event["id"], "session_hash": "intruder"}
            request = urllib.request.Request(
                f"{address}gradio_api/run/predict",
                json.dumps(body).encode(),
                {"Content-Type": "application/json"},
            )
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(request)
            assert not re.search("root:", refused.value.read().decode())
            tried += 1
    assert tried == 6


def test_another_name_for_this_machine_is_no_way_in(address):
    request = urllib.request.Request(address, headers={"Host": "evil.example"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    assert refused.value.code == 400


NAMELESS = """() => {
  const controls = document.querySelectorAll('button, input:not([type=file]), select, textarea, a');
  const named = e => e.ariaLabel || e.title || e.innerText?.trim() || e.alt ||
    e.labels?.length || e.getAttribute('aria-labelledby') || e.querySelector('img[alt]');
  return [...controls].filter(e => e.checkVisibility() && !named(e)).map(e => e.outerHTML);
}"""
"""Controls that a screen reader has no name for."""

CONTRASTS = """() => {
  const rgb = color => {
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
    canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const paper = e => {
    for (; e; e = e.parentElement) {
      const color = rgb(getComputedStyle(e).backgroundColor);
      if (color[3] === 255) return color;
    }
    return [255, 255, 255];
  };
  const found = {};
  for (const e of document.querySelectorAll('.gradio-container *')) {
    const own = [...e.childNodes].filter(n => n.nodeType === 3).map(n => n.data.trim()).join('');
    if (!own || !e.checkVisibility({visibilityProperty: true, opacityProperty: true})) continue;
    const [a, b] = [light(rgb(getComputedStyle(e).color)), light(paper(e))];
    found[own.slice(0, 40)] = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  }
  return found;
}"""
"""Contrast of every text with what is behind it, as WCAG 2.2 defines it."""
