"""Pictures of a run in double precision: nothing is rounded to single precision on the way."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

import impasto
from impasto.job import make_inputs, prepare
from impasto.settings import Settings

FAST = {"backbone": "pocket", "size": 16, "levels": 1, "iterations": 1, "style_layers": "relu1_1"}


@pytest.fixture
def settings(photograph, painting) -> Settings:
    mask = photograph.with_name("mask.png")
    Image.new("L", (64, 48), 77).save(mask)
    return Settings(**FAST, precision="float64", init=str(photograph), content_mask=str(mask))


def test_every_input_is_read_in_double(settings, photograph, painting):
    inputs = make_inputs(prepare(photograph, painting, settings.replace(size=64)), 64)
    exact = np.asarray(Image.open(photograph)) / 255
    for tensor in (inputs.content, inputs.base):
        assert tensor.dtype == torch.float64
        assert np.abs(tensor[0].permute(1, 2, 0).numpy() - exact).max() < 1e-15
    (region,) = inputs.regions
    assert abs(region.content[0, 0, 0, 0].item() - 77 / 255) < 1e-15


@pytest.mark.parametrize(
    "choice",
    [{}, {"color": "luminance"}, {"color_match": "transport", "color": "content"},
     {"finish": "poisson"}],
)  # fmt: skip
def test_what_is_painted_stays_in_double(choice, settings, photograph, painting):
    result = impasto.stylize(photograph, painting, **{**settings.to_dict(), **choice})
    assert result.rgb.dtype == np.float64
    assert np.abs(result.rgb - result.rgb.astype(np.float32)).max() > 0
    assert impasto.stylize(photograph, painting, **FAST).rgb.dtype == np.float32
