"""Pictures from features, textures from statistics."""

import numpy as np
import pytest
import torch
from PIL import Image

from impasto import images, reconstruct
from impasto.errors import PictureError, SettingsError
from impasto.images import Canvas
from impasto.job import active_layers, make_inputs, prepare
from impasto.job.reconstruction import parse_shape
from impasto.job.style_terms import wanted_layers
from impasto.settings import Settings
from impasto.statistics import gram

FAST = {"backbone": "pocket", "size": 64, "iterations": 40, "precision": "float32"}


def test_shallow_layers_give_the_picture_back_and_deep_ones_less(photograph):
    target = images.resize(images.read(photograph).rgb, 64, 48)
    errors = []
    for layer in ("relu1_1", "relu3_1", "relu5_1"):
        found = reconstruct(photograph, content_layers=layer, **FAST).rgb
        errors.append(float(np.abs(found - target).mean()))
    noise = np.random.default_rng(0).normal(0.5, 0.25, target.shape)
    assert errors[0] < 0.02
    assert errors == sorted(errors)
    assert errors[2] < np.abs(noise - target).mean()


def distance(backbone, layers, picture, target) -> float:
    """Return the mean relative distance of Gram matrices."""
    total = 0.0
    for layer in layers:
        one, other = (gram(backbone(each, [layer])[layer]).mean for each in (picture, target))
        total += float((one - other).square().sum() / other.square().sum())
    return total / len(layers)


@pytest.mark.parametrize("size", [(80, 32), "48x64", 56])
def test_a_texture_of_any_shape_has_the_statistics_of_the_style(painting, size):
    layers = ["relu1_1", "relu2_1", "relu3_1"]
    painted = reconstruct(painting, style_layers=layers, **{**FAST, "size": size})
    assert painted.image.size == {"48x64": (48, 64), 56: (48, 56)}.get(size, size)
    long_side = max(painted.image.size)
    (target,) = make_inputs(painted.job, long_side).styles
    tensor = torch.from_numpy(painted.rgb.copy()).permute(2, 0, 1)[None]
    noise = torch.randn(tensor.shape, generator=torch.Generator().manual_seed(0)) / 4 + 0.5
    backbone = painted.job.backbone
    after, before = (distance(backbone, layers, each, target) for each in (tensor, noise))
    assert after < before / 20


def test_another_seed_is_another_texture_of_the_same_kind(painting):
    one, other = (
        reconstruct(
            painting,
            style_layers="relu1_1",
            seed=seed,
            size=(32, 32),
            iterations=5,
            backbone="pocket",
        ).rgb
        for seed in (1, 2)
    )
    assert np.abs(one - other).mean() > 0.02


def test_layers_without_weight_cost_nothing(photograph, painting):
    content_only = prepare(photograph, [], Settings(style_weight=0, size=32, backbone="pocket"))
    assert wanted_layers(content_only.settings) == ["relu4_2"]
    assert "relu5_1" not in content_only.backbone.layers
    both = prepare(photograph, painting, Settings(size=32, backbone="pocket"))
    assert content_only.estimate.memory < both.estimate.memory
    shallow = prepare(Canvas(32, 32), painting, Settings(
        content_weight=0, init="noise", style_layers="relu1_1,relu5_1:0", size=32,
        backbone="pocket"))  # fmt: skip
    assert active_layers(shallow.settings) == ({}, {"relu1_1": 1.0})
    assert shallow.backbone.layers == ("relu1_1",)
    assert shallow.estimate.margin < both.estimate.margin


def test_a_network_is_taken_over_if_the_next_job_needs_the_same(photograph, painting):
    settings = Settings(size=32, iterations=1, backbone="pocket")
    first = prepare(photograph, painting, settings)
    again = prepare(photograph, painting, settings.replace(size=48, seed=3), first)
    assert again.backbone is first.backbone
    for change in ({"pooling": "max"}, {"precision": "float64"}, {"style_layers": "relu1_1"}):
        other = prepare(photograph, painting, settings.replace(**change), first)
        assert other.backbone is not first.backbone


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "either content layers or style layers"),
        ({"content_layers": "relu1_1", "style_layers": "relu1_1"}, "one of the two"),
        ({"content_layers": "relu1_1", "size": (40, 30)}, "keeps its shape"),
        ({"style_layers": "relu1_1", "size": "40x"}, "800x600"),
        ({"style_layers": "relu1_1", "size": "9x9"}, "at least 16"),
        ({"style_layers": "relu9_1"}, "unknown layer"),
        ({"style_layers": "relu1_1", "init": "content"}, "a blank canvas has no content"),
    ],
)
def test_what_is_wrong_is_told_before_the_work(photograph, options, words):
    with pytest.raises((SettingsError, PictureError, LookupError), match=words):
        reconstruct(photograph, **options)


def test_a_style_is_needed_unless_it_has_no_weight(photograph):
    with pytest.raises(SettingsError, match="no style picture"):
        prepare(photograph, [], Settings(backbone="pocket"))
    with pytest.raises(SettingsError, match="no style picture"):
        prepare(photograph, [], Settings(style_weight=0, init="style", backbone="pocket"))


def test_tiles_change_nothing_without_content_or_style(photograph, painting):
    for options in ({"content_layers": "relu2_1"}, {"style_layers": "relu1_1,relu2_1"}):
        whole, tiled = (
            reconstruct(painting, **options, size=64, iterations=3, tile=tile, levels=1,
                        precision="float64").rgb
            for tile in (0, 32)
        )  # fmt: skip
        assert np.abs(whole - tiled).max() < 1e-6


def test_shapes_are_read_from_text_and_a_canvas_has_them():
    assert parse_shape("800×600") == parse_shape((800, 600)) == (800, 600)
    assert parse_shape(" 512 ") == parse_shape(512) == 512
    assert Canvas(40, 30).picture.rgb.shape == (30, 40, 3)


def test_a_canvas_takes_no_memory():
    assert Canvas(4000, 3000).picture.rgb.base is not None
    assert Image.fromarray(np.uint8(Canvas(20, 30).picture.rgb * 255)).size == (20, 30)


@pytest.mark.parametrize(
    "given", [{"color": "content"}, {"photoreal": True}, {"finish": "guided"}], ids=str
)
def test_what_changes_colors_needs_a_style(photograph, given):
    with pytest.raises(SettingsError, match="no style is painted"):
        reconstruct(photograph, content_layers="relu1_1", size=32, **given)
