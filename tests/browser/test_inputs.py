"""Pictures as they come in: pasted, chosen, refused; and nothing else comes in."""

import base64
import json
import re
import urllib.error
import urllib.request

import pytest
from PIL import Image

from impasto.studio.store import Store
from tests.support.studio_page import accepted, drawn, fill, finished, paint, shows, unfold, upload

PASTED = """async data => {
  const blob = await (await fetch(data)).blob(), files = new DataTransfer();
  files.items.add(new File([blob], 'pasted.png', {type: 'image/png'}));
  document.body.dispatchEvent(new ClipboardEvent('paste', {clipboardData: files, bubbles: true}));
}"""


def test_pictures_are_pasted_and_a_second_painting_has_its_weight(open_page, tmp_path, folder):
    page = open_page()
    unfold(page)
    # Of its own: a picture that is known already keeps the name that it came with.
    Image.radial_gradient("L").convert("RGB").resize((64, 48)).save(tmp_path / "own.png")
    data = base64.b64encode((tmp_path / "own.png").read_bytes()).decode()
    for place in ("photograph", "painting-1"):
        page.evaluate(PASTED, f"data:image/png;base64,{data}")
        accepted(page, place)
    page.click("#more > button")
    drawn(page, "#weight-2")
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


def test_a_text_called_png_is_refused_in_one_sentence(open_page, tmp_path):
    page = open_page()
    (tmp_path / "notes.png").write_text("Dear diary")
    upload(page, "photograph", tmp_path / "notes.png")
    words = page.locator("#wrong-photograph [role=alert]").inner_text()
    assert words.startswith("'notes.png' is not a picture that can be read")
    assert "/" not in words
    page.locator("#photograph img").wait_for(state="detached")
    paint(page)
    shows(page, "#notice", "no photograph")


def test_a_picture_over_the_limit_is_refused(open_page, tmp_path):
    page = open_page()
    Image.new("1", (9000, 8000)).save(tmp_path / "large.png")
    upload(page, "photograph", tmp_path / "large.png")
    assert (
        page.locator("#wrong-photograph [role=alert]")
        .inner_text()
        .startswith("'large.png' has 9000 x 8000 pixels: at most 64 million")
    )


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
    assert tried == 8


def test_another_name_for_this_machine_is_no_way_in(address):
    request = urllib.request.Request(address, headers={"Host": "evil.example"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    assert refused.value.code == 400
