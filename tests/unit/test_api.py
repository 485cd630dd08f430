"""What programs hand to the library, and where they call it from."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

import impasto
from impasto.errors import UnknownName
from impasto.images import sha256
from impasto.job import Recipe, SourceFile
from impasto.run import Result

FAST = {"backbone": "pocket", "size": 16, "levels": 1, "iterations": 1, "style_layers": "relu1_1"}


def test_pictures_are_taken_in_whatever_holds_a_file(photograph: Path, painting: Path):
    expected = impasto.stylize(photograph, painting, **FAST).rgb
    entries = {entry.name: entry for entry in os.scandir(photograph.parent)}
    holders: list[Callable[[Path], Any]] = [
        Path.read_bytes,
        lambda path: io.BytesIO(path.read_bytes()),
        lambda path: entries[path.name],
    ]
    for hold in holders:
        found = impasto.stylize(hold(photograph), hold(painting), **FAST)
        assert np.array_equal(found.rgb, expected)
    # A folder's entry is a path, and is recorded as one.
    recorded = Recipe.of_picture(saved(found, photograph)).content
    assert recorded == SourceFile(photograph.name, sha256(photograph))
    assert found.recipe.content is not None
    assert found.recipe.content.path == str(photograph)
    with photograph.open("rb") as first, painting.open("rb") as second:
        assert np.array_equal(impasto.stylize(first, second, **FAST).rgb, expected)
        texture = impasto.texture(second, "relu1_1", size=16, iterations=1)
    assert texture.recipe.styles[0].path is None


def saved(result: impasto.Result, beside: Path) -> Path:
    path = beside.with_name("saved.png")
    result.save(path)
    return path


def test_a_caller_in_inference_mode_gets_the_same_picture(photograph: Path, painting: Path):
    settings = {**FAST, "iterations": 3}
    expected = impasto.stylize(photograph, painting, **settings).rgb
    for mode in (torch.inference_mode, torch.no_grad):
        with mode():
            assert np.array_equal(impasto.stylize(photograph, painting, **settings).rgb, expected)
            steps = impasto.stylize_steps(photograph, painting, **settings)
            assert np.array_equal(
                next(steps).rgb, impasto.stylize(photograph, painting, **FAST).rgb
            )
            assert torch.is_inference_mode_enabled() == (mode is torch.inference_mode)
            assert np.array_equal(list(steps)[-1].rgb, expected)
            assert impasto.texture(painting, "relu1_1", size=16, iterations=1).image.size


def test_another_default_device_changes_nothing(photograph: Path, painting: Path):
    choices = {**FAST, "init": "noise", "photoreal": True, "style_loss": "wasserstein"}
    expected = impasto.stylize(photograph, painting, **choices).rgb
    torch.set_default_device("meta")
    try:
        result = impasto.stylize(photograph, painting, **choices)
        assert np.array_equal(result.rgb, expected)
    finally:
        torch.set_default_device(None)


@pytest.mark.parametrize(
    ("call", "nearest"),
    [
        (lambda: impasto.stylize("a.png", "b.png", sise=64), "size"),
        (lambda: impasto.stylize("a.png", "b.png", progres=print), "progress"),
        (lambda: impasto.stylize_steps("a.png", "b.png", styl_weight=1), "style_weight"),
        (lambda: impasto.stylize("a.png", "b.png", contentmask="m.png"), "content_mask"),
        (lambda: impasto.reconstruct("a.png", style_layer="relu1_1"), "style_layers"),
        (lambda: impasto.texture("a.png", iteration=1), "iterations"),
        (lambda: impasto.Settings(sise=64), "size"),
        (lambda: impasto.Settings().replace(sise=64), "size"),
    ],
)
def test_a_mistyped_keyword_is_answered_with_the_nearest(call, nearest: str):
    with pytest.raises(UnknownName, match=f"did you mean '{nearest}'"):
        call()


def test_what_was_taken_for_granted_in_a_picture_is_noted(photograph: Path, painting: Path):
    gray = Image.fromarray(np.asarray(Image.open(photograph).convert("L"), np.int32))
    (note,) = impasto.stylize(gray, painting, **FAST).notes
    assert "mode I with values up to" in note


def test_a_result_is_one_line_and_a_picture_in_a_notebook(photograph, painting):
    small = {"size": 32, "levels": 1, "iterations": 2, "backbone": "pocket"}
    result = impasto.stylize(photograph, painting, **small)
    assert re.fullmatch(
        r"<impasto.Result: 32 × 24 pixels, 2 evaluations by pocket, loss [\d.e+-]+>", repr(result)
    )
    with Image.open(io.BytesIO(result._repr_png_())) as shown:
        assert shown.size == (32, 24)
    empty = Result(result.job)
    assert repr(empty) == "<impasto.Result: nothing painted yet>"
    assert empty._repr_png_() is None


def test_evaluate_is_the_judge(photograph, painting):
    measured = impasto.evaluate(photograph, photograph, painting)
    assert measured.result.structure == pytest.approx(1)
