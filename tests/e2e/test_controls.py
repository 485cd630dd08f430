"""Colors, regions and protection from the command line."""

import json

import numpy as np
import pytest
from PIL import Image

SMALL = ("--backbone=pocket", "--size", "48", "--plan", "48:2", "--precision", "float32")


@pytest.fixture
def masks(tmp_path, photograph, painting, monkeypatch):
    monkeypatch.chdir(tmp_path)
    left = np.zeros((48, 64), np.uint8)
    left[:, :32] = 255
    Image.fromarray(left).save("left.png")
    Image.fromarray(255 - left).save("right.png")
    Image.fromarray(np.zeros((48, 64), np.uint8)).save("black.png")
    Image.fromarray(np.full((48, 20), 255, np.uint8)).save("narrow.png")
    Image.fromarray(np.full((70, 60), 255, np.uint8)).save("style.png")
    return tmp_path


def test_masks_are_painted_recorded_and_found_again(impasto, masks):
    arguments = ["--content-mask", "left.png", "--style-mask", "style.png", "--color", "luminance"]
    done = impasto("paint", "photo.png", "painting.jpg", "-o", "a.png", *arguments, *SMALL)
    assert done.code == 0, done.err
    told = impasto("info", "a.png")
    assert "content mask" in told.out
    assert "left.png" in told.out
    recipe = json.loads(impasto("info", "a.png", "--json").out)
    assert recipe["settings"]["content_mask"] == ["left.png"]
    again = impasto("repeat", "a.png", "-o", "b.png")
    assert again.code == 0, again.err
    assert (np.asarray(Image.open("a.png")) == np.asarray(Image.open("b.png"))).all()
    (masks / "left.png").rename(masks / "moved.png")
    lost = impasto("repeat", "a.png", "-o", "c.png")
    assert lost.code == 2
    assert "--content-mask" in lost.err
    assert impasto("repeat", "a.png", "-o", "c.png", "--content-mask", "moved.png").code == 0


def test_several_regions_are_several_options(impasto, masks):
    arguments = ["--content-mask", "left.png", "--content-mask", "right.png"]
    styles = ["painting.jpg", "photo.png"]
    done = impasto("paint", "photo.png", *styles, "-o", "a.png", *arguments, "--json", *SMALL)
    assert done.code == 0, done.err
    parts = json.loads(done.out.splitlines()[-1])["parts"]
    assert {"style relu1_1 1", "style relu1_1 2"} <= set(parts)


CASES = {
    "empty mask": (["--content-mask", "black.png"], "region 1 of the content mask is empty"),
    "missing mask": (["--content-mask", "none.png"], "none.png"),
    "narrow mask": (["--content-mask", "narrow.png"], "20 x 48"),
    "style mask alone": (["--style-mask", "style.png"], "without content_mask"),
    "too many masks": (
        ["--content-mask", "left.png", "--content-mask", "right.png"],
        "2 regions (1, 2) and there is 1 style picture",
    ),
    "spread without mask": (["--mask-spread", "inside"], "mask_spread is given without a mask"),
    "output is a mask": (["--content-mask", "left.png", "-o", "left.png"], "left.png"),
    "match without color": (["--color-match", "histogram"], "colors are matched with color"),
    "unknown color": (["--color", "contents"], "did you mean 'content'"),
    "unknown finish": (["--finish", "poison"], "did you mean 'poisson'"),
    "photoreal of nothing": (["--photoreal", "--photoreal-weight", "0"], "leave one of them out"),
    "scales for other styles": (["--style-scale", "1,2"], "2 numbers for 1 style"),
}


@pytest.mark.parametrize("name", CASES)
def test_what_makes_no_sense_is_refused_with_one_sentence(impasto, masks, name):
    arguments, hint = CASES[name]
    done = impasto("paint", "photo.png", "painting.jpg", *arguments, "--backbone=pocket")
    assert done.code == 2, done.err
    assert done.err.startswith("impasto: ")
    assert done.err.count("\n") == 1
    assert hint in done.err
