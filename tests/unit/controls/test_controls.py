"""Colors, regions and protection in whole paintings, measured."""

import numpy as np
import pytest
import torch
from PIL import Image

from impasto import stylize
from impasto.controls.color import LUMA, luminance
from impasto.errors import SettingsError
from impasto.job import make_inputs, prepare
from impasto.losses import EdgeLoss, MattingLoss
from impasto.normalization import NORMALIZATIONS
from impasto.samples import painting, photograph
from impasto.settings import Settings
from impasto.statistics import gram
from tests.support.objectives import is_tiled, objective_at

SMALL = {"backbone": "pocket", "size": 64, "iterations": 4, "levels": 1, "precision": "float32"}


def texture(period: float, colors: tuple[float, ...], seed: int = 0) -> np.ndarray:
    """Stripes and grain of one color pair: the same everywhere."""
    y, x = np.mgrid[0:64, 0:96]
    wave = 0.5 + 0.3 * np.sin(2 * np.pi * (x + 0.5 * y) / period)
    grain = np.random.default_rng(seed).uniform(0, 0.2, wave.shape)
    return np.clip((wave + grain)[..., None] * np.array(colors), 0, 1).astype(np.float32)


RED_LINES, BLUE_GRAIN = (
    texture(5, (0.9, 0.3, 0.2)),
    texture(17, (0.2, 0.4, 0.9), seed=1),
)
GRAY = np.full((64, 96, 3), 0.5, np.float32)
LEFT = np.zeros((64, 96), np.float32)
LEFT[:, :48] = 1
TWO = [LEFT, 1 - LEFT]


def distances(rgb: np.ndarray) -> dict[str, float]:
    """Relative distance of a patch's style from both textures', by the pocket network."""
    job = prepare(GRAY, GRAY, Settings(**SMALL))
    layers = ["relu1_1", "relu2_1", "relu3_1"]

    def style(picture):
        features = job.backbone(torch.from_numpy(picture).permute(2, 0, 1)[None], layers)
        return {name: gram(value).mean for name, value in features.items()}

    found, result = style(np.ascontiguousarray(rgb)), {}
    for name, target in {"red": style(RED_LINES), "blue": style(BLUE_GRAIN)}.items():
        errors = [(found[k] - target[k]).square().sum() / target[k].square().sum() for k in layers]
        result[name] = float(sum(errors))
    return result


def test_each_region_takes_its_own_style():
    result = stylize(
        GRAY,
        [RED_LINES, BLUE_GRAIN],
        content_mask=TWO,
        size=96,
        iterations=40,
        levels=1,
        content_weight=0.01,
        backbone="pocket",
    )
    left, right = distances(result.rgb[8:-8, 8:40]), distances(result.rgb[8:-8, 56:-8])
    assert left["blue"] > 5 * left["red"]
    assert right["red"] > 5 * right["blue"]


def evaluate(paintings, at=None, **settings):
    values = {"size": 96, "levels": 1, "precision": "float64", "tv_weight": 0, **settings}
    job = prepare(GRAY, paintings, Settings(**values), content_mask=TWO)
    content, objective = make_inputs(job, 96).content, objective_at(job, 96)
    generator = torch.Generator().manual_seed(3)
    start = torch.rand(content.shape, generator=generator, dtype=content.dtype)
    return job, objective, objective(start).gradient


def test_the_style_of_one_region_does_not_reach_the_other():
    """Beyond the receptive field the gradient is the same but for rounding."""
    layers = "relu1_1,relu2_1,relu3_1"
    job, _, one = evaluate([RED_LINES, BLUE_GRAIN], style_layers=layers, content_weight=0)
    _, _, other = evaluate([RED_LINES, GRAY], style_layers=layers, content_weight=0)
    margin = job.backbone.margin(layers.split(",")) + 4
    change = (one - other).abs().amax(dim=(0, 1, 2))
    assert change[: 48 - margin].max() < 1e-12 * change.max()
    assert change[48 - margin : 48].max() > 0
    assert 48 - margin > 10


def test_regions_in_tiles_have_the_gradient_of_the_whole():
    settings = {"protect_edges": 2.0, "photoreal_weight": 100.0}
    _, _, whole = evaluate([RED_LINES, BLUE_GRAIN], tile=0, **settings)
    _, objective, tiled = evaluate([RED_LINES, BLUE_GRAIN], tile=32, **settings)
    assert is_tiled(objective)
    assert (tiled - whole).norm() / whole.norm() < 1e-10


@pytest.mark.parametrize("init", ["content", "noise", "style"])
def test_what_a_mask_leaves_out_stays_the_photograph_to_the_bit(init):
    settings = {**SMALL, "levels": 2, "init": init}
    result = stylize(photograph("coffee"), painting("swirls"), content_mask=LEFT, **settings)
    job = result.job
    original = job.content_at(64)
    np.testing.assert_array_equal(result.rgb[:, 40:], original[:, 40:])
    assert np.abs(result.rgb[:, :28] - original[:, :28]).mean() > 0.02
    raw = job.sizes.cut(result.last.image, 64)[0].permute(1, 2, 0).numpy()
    np.testing.assert_array_equal(raw[:, 40:], original[:, 40:])


def test_a_gray_mask_paints_at_part_strength():
    half = np.full((64, 96), 0.5, np.float32)
    arguments = (photograph("coffee"), painting("swirls"))
    soft = stylize(*arguments, content_mask=half, **SMALL)
    painted = soft.job.sizes.cut(soft.last.image, 64)[0].clamp(0, 1).permute(1, 2, 0).numpy()
    np.testing.assert_allclose(soft.rgb, 0.5 * painted + 0.5 * soft.job.content_at(64), atol=1e-6)


def test_a_plan_that_ends_below_the_size_keeps_the_photographs_detail():
    settings = {"size": 96, "plan": "48:2", "precision": "float32"}
    result = stylize(photograph("coffee"), painting("swirls"), content_mask=LEFT, **settings)
    np.testing.assert_array_equal(result.rgb[:, 60:], result.job.content_at(96)[:, 60:])


def test_luminance_keeps_the_photographs_chroma():
    result = stylize(photograph("coffee"), painting("swirls"), color="luminance", **SMALL)
    original = result.job.content_at(64)
    chroma = [rgb - luminance(rgb) for rgb in (result.rgb, original)]
    inside = (result.rgb > 0.005).all(axis=2) & (result.rgb < 0.995).all(axis=2)
    assert inside.mean() > 0.5
    assert np.abs(chroma[0] - chroma[1])[inside].max() < 1 / 255
    assert np.abs((result.rgb - original) @ LUMA).mean() > 0.02
    seen = result.last.image
    torch.testing.assert_close(seen[:, :1].expand_as(seen), seen)


def test_with_the_photographs_colors_the_paintings_have_its_mean():
    job = prepare(
        photograph("coffee"), painting("swirls"), Settings(color="content", backbone="pocket")
    )
    recolored, content = job.styles[0].rgb, job.content.rgb
    assert np.abs(recolored.mean(axis=(0, 1)) - content.mean(axis=(0, 1))).max() < 0.03
    assert job.settings.color_match == "transport"


@pytest.mark.parametrize("color", ["content", "luminance"])
def test_colors_are_matched_region_by_region(color):
    content = np.where(LEFT[..., None] > 0, 0.3 * RED_LINES, 0.2 + 0.7 * BLUE_GRAIN)
    settings = Settings(color=color, **SMALL)
    job = prepare(content.astype(np.float32), [BLUE_GRAIN, RED_LINES], settings, content_mask=TWO)
    first, second = (style.rgb.mean(axis=(0, 1)) for style in job.styles)
    seen = luminance(content) if color == "luminance" else content
    np.testing.assert_allclose(first, seen[:, :48].mean(axis=(0, 1)), atol=0.02)
    np.testing.assert_allclose(second, seen[:, 48:].mean(axis=(0, 1)), atol=0.02)


@pytest.mark.parametrize("finish", ["poisson", "guided"])
def test_a_finish_brings_the_photographs_edges_back(finish):
    arguments = (photograph("rocket"), photograph("coffee"))
    plain = stylize(*arguments, **SMALL)
    finished = stylize(*arguments, finish=finish, **SMALL)

    def likeness(result):
        edges = [np.diff(rgb @ LUMA, axis=1) for rgb in (result.rgb, result.job.content_at(64))]
        return np.corrcoef(edges[0].ravel(), edges[1].ravel())[0, 1]

    assert likeness(finished) > likeness(plain)


def test_photoreal_keeps_edges_straight_and_changes_colors():
    arguments = (photograph("rocket"), photograph("coffee"))
    settings = {**SMALL, "iterations": 30, "style_weight": 100}
    plain, photoreal = (stylize(*arguments, photoreal=on, **settings) for on in (False, True))
    assert photoreal.settings.photoreal_weight > 0
    energies = {}
    for name, result in {"plain": plain, "photoreal": photoreal}.items():
        job = result.job
        original = torch.from_numpy(job.content_at(64)).permute(2, 0, 1)[None]
        image = torch.from_numpy(result.rgb).permute(2, 0, 1)[None]
        energies[name] = MattingLoss(original)(image).item()
    assert energies["plain"] > 10 * energies["photoreal"]
    assert np.abs(photoreal.rgb - photoreal.job.content_at(64)).mean() > 0.05


def test_edges_come_closer_with_their_weight():
    losses = []
    for weight in (0.0, 10.0):
        result = stylize(
            photograph("coffee"),
            painting("dots"),
            protect_edges=weight,
            **{**SMALL, "iterations": 20},
        )
        original = torch.from_numpy(result.job.content_at(64)).permute(2, 0, 1)[None]
        image = torch.from_numpy(result.rgb).permute(2, 0, 1)[None]
        losses.append(EdgeLoss(original, NORMALIZATIONS["relative"].content)(image).item())
    assert losses[1] < 0.3 * losses[0]


def test_strokes_can_have_a_size_for_each_painting():
    settings = Settings(size=64, style_scale="1,0.5", backbone="pocket")
    job = prepare(photograph("coffee"), [painting("dots"), painting("swirls")], settings)
    first, second = make_inputs(job, 64).styles
    assert first.shape[3] == 64
    assert second.shape[3] == 32
    with pytest.raises(SettingsError, match="style_scale has 2 numbers for 1 style"):
        prepare(photograph("coffee"), painting("dots"), settings)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"color_match": "cholesky"}, "color is 'style': colors are matched with color 'content'"),
        ({"color": "luminance", "color_match": "histogram"}, "color is 'luminance'"),
        ({"photoreal": True, "photoreal_weight": 0}, "leave one of them out"),
        ({"style_scale": ()}, "style_scale is empty"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(values, sentence):
    with pytest.raises(SettingsError, match=sentence):
        Settings(**values)


def test_masks_that_the_run_cannot_use_are_refused():
    with pytest.raises(SettingsError, match="mask_spread is given without a mask"):
        prepare(GRAY, GRAY, Settings(mask_spread="inside", **SMALL))
    with pytest.raises(SettingsError, match="region 2 is painted with style pictures whose style_"):
        prepare(GRAY, [GRAY, GRAY], Settings(style_blend="1,0", **SMALL), content_mask=TWO)


def test_masks_given_as_files_are_in_the_recipe(tmp_path):
    path = tmp_path / "mask.png"
    Image.fromarray((LEFT * 255).astype(np.uint8)).save(path)
    job = prepare(GRAY, GRAY, Settings(content_mask=path, **SMALL))
    (mask,) = job.recipe.content_masks
    assert mask.path == str(path)
    assert (
        prepare(GRAY, GRAY, Settings(**SMALL), content_mask=LEFT).recipe.content_masks[0].path
        is None
    )
