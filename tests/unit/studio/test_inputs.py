"""Uploads: only pictures, within limits, under names of our own."""

import os

import numpy as np
import pytest
from PIL import Image

from impasto import images
from impasto.errors import PictureError
from impasto.job.recipe import SourceFile as Recorded
from impasto.studio import inputs as module
from impasto.studio.files import is_name
from impasto.studio.inputs import SAMPLES, Uploads, open_recipe


@pytest.fixture
def inputs(tmp_path):
    return Uploads(tmp_path / "inputs")


def test_an_upload_is_written_anew_as_a_png_under_a_name_of_our_own(inputs, painting):
    found = inputs.accept(painting, "../../my <painting>.jpg")
    assert found.label == "../../my <painting>.jpg"
    assert found.path.parent == inputs.folder
    assert is_name(found.name)
    assert found.path.read_bytes().startswith(b"\x89PNG")
    assert np.array_equal(images.read(found.path).rgb, images.read(painting).rgb)


def test_what_hides_behind_a_picture_does_not_come_along(inputs, tmp_path):
    sent = tmp_path / "photo.png"
    Image.new("RGB", (32, 32)).save(sent)
    sent.write_bytes(sent.read_bytes() + b"<script>alert(1)</script>")
    assert b"script" not in inputs.accept(sent).path.read_bytes()


def test_a_text_called_png_is_refused_by_the_name_that_it_came_with(inputs, tmp_path):
    sent = tmp_path / "received-0001"
    sent.write_text("Dear diary")
    with pytest.raises(PictureError, match=r"'notes\.png' is not a picture") as refused:
        inputs.accept(sent, "notes.png")
    assert str(tmp_path) not in str(refused.value)
    assert list(inputs.folder.iterdir()) == []


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(inputs, tmp_path):
    sent = tmp_path / "large.png"
    Image.new("1", (9000, 8000)).save(sent)
    with pytest.raises(PictureError, match="9000 x 8000 pixels: at most 64 million"):
        inputs.accept(sent)


def test_a_file_of_too_many_bytes_is_refused(inputs, painting, monkeypatch):
    monkeypatch.setattr(module, "MOST_BYTES", 100)
    with pytest.raises(PictureError, match="send a smaller copy"):
        inputs.accept(painting)


@pytest.mark.parametrize(
    "name", ["../secret", "/etc/passwd", "a" * 15, "", None, 7, ["x"], "a" * 32, "A" * 32]
)
def test_a_name_that_was_not_given_leads_nowhere(inputs, name):
    assert inputs.find(name) is None


def test_samples_can_be_chosen_and_have_a_small_copy(inputs):
    for name in SAMPLES:
        found = inputs.find(name)
        assert found.path.is_file()
        with Image.open(found.thumbnail) as small:
            assert max(small.size) <= module.THUMBNAIL_SIDE


def test_the_latest_upload_comes_first_and_the_same_file_only_once(inputs, photograph, painting):
    first, second = inputs.accept(photograph), inputs.accept(painting)
    order = [(first, 1), (second, 2)]
    for found, when in order:
        os.utime(inputs.folder / f"{found.name}.json", (when, when))
    assert [found.name for found in inputs.recent()] == [second.name, first.name]
    assert inputs.accept(photograph) == first
    assert [found.name for found in inputs.recent()] == [first.name, second.name]


def test_uploads_survive_a_restart_and_damaged_ones_are_left_out(inputs, photograph, painting):
    kept, damaged = inputs.accept(photograph), inputs.accept(painting)
    (inputs.folder / f"{damaged.name}.json").write_text("{half")
    assert [found.name for found in Uploads(inputs.folder).recent()] == [kept.name]


def test_a_recipe_finds_its_pictures_by_content_and_opens_no_path(inputs, photograph):
    found = inputs.accept(photograph)
    assert inputs.recorded(Recorded.of_file(photograph)) == found
    assert inputs.recorded(Recorded.of_file(found.path)) == found
    sample = Recorded.of_file(SAMPLES["painting-ink"])
    assert inputs.recorded(Recorded("/nowhere", sample.sha256)).name == "painting-ink"
    assert inputs.recorded(Recorded(str(photograph), "0" * 64)) is None


def test_a_picture_without_settings_is_answered_with_its_label(photograph):
    with pytest.raises(PictureError, match=r"'holiday\.png' holds no settings"):
        open_recipe(photograph, "holiday.png")


def test_the_oldest_uploads_that_nothing_needs_go_when_there_are_too_many(
    inputs, tmp_path, monkeypatch
):
    kept = []
    for at in range(4):
        sent = tmp_path / f"{at}.png"
        Image.new("RGB", (32, 32), (at, 0, 0)).save(sent)
        kept.append(inputs.accept(sent))
        os.utime(kept[at].path, (at, at))
    sizes = [one.path.stat().st_size for one in kept]
    monkeypatch.setattr(module, "MOST_UPLOADED", sizes[0] + sizes[3])
    inputs.tidy(needed={kept[0].name})
    assert [inputs.find(one.name) is None for one in kept] == [False, True, True, False]
    left = {path.stem for path in inputs.folder.iterdir()}
    assert left == {kept[0].name, kept[3].name}
