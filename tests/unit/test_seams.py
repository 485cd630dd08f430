"""Features that meet: masks, colors, losses, checkpoints, sweeps, textures and tiles."""

import numpy as np
import pytest
import torch
from PIL import Image

from impasto import reconstruct, stylize
from impasto.errors import CheckpointError, SettingsError
from impasto.images import Canvas, read
from impasto.job import make_inputs, prepare
from impasto.objective import Region
from impasto.registry import SPREADS
from impasto.run import run
from impasto.run.checkpoint_file import checkpoint_path, read_checkpoint
from impasto.run.fine_style import mixing_jobs
from impasto.settings import Settings, apply
from impasto.sweeps.axes import make_sweep
from impasto.sweeps.cells import CellResult
from impasto.sweeps.command import command
from impasto.sweeps.running import schedule, work
from impasto.sweeps.store import make_folder, sources
from tests.support.narrow_networks import narrow, picture
from tests.support.objectives import is_tiled, objective_of
from tests.support.runs import go_on, interrupt, paint

SMALL = {"backbone": "pocket", "size": 32, "plan": "24:3,32:4", "precision": "float32"}


@pytest.fixture
def mask(tmp_path, photograph):
    """The left half of the photograph."""
    height, width = read(photograph).rgb.shape[:2]
    left = np.zeros((height, width), np.uint8)
    left[:, : width // 2] = 255
    path = tmp_path / "left.png"
    Image.fromarray(left).save(path)
    return str(path)


WAYS = {
    "mask": {},
    "gray": {"color": "luminance", "init": "noise"},
    "balance": {"balance": True, "style_loss": "gram:1,histogram:0.5"},
    "no bounds": {"optimizer": "lbfgs", "mask_spread": "inside", "protect_edges": 2},
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("count", [2, 5])
def test_a_masked_run_goes_on_to_the_same_pixels(photograph, painting, tmp_path, mask, way, count):
    settings, path = Settings(content_mask=mask, **SMALL, **WAYS[way]), tmp_path / "a.safetensors"
    whole = paint(prepare(photograph, painting, settings))
    interrupt(prepare(photograph, painting, settings), count, path)
    resumed = go_on(prepare(photograph, painting, settings), path)
    assert (resumed.rgb == whole.rgb).all()
    assert [r.parts for r in resumed.history] == [r.parts for r in whole.history]
    changed = np.abs(whole.rgb - whole.job.content_at(32).clip(0, 1)).max(axis=2)
    assert changed[:, 24:].max() < 1e-6
    assert changed[:, :8].max() > 0.02


def test_a_checkpoint_knows_its_masks(photograph, painting, tmp_path, mask):
    path, settings = checkpoint_path(tmp_path / "a.png"), Settings(content_mask=mask, **SMALL)
    interrupt(prepare(photograph, painting, settings), 2, path)
    moved = tmp_path / "moved.png"
    moved.write_bytes((tmp_path / "left.png").read_bytes())
    again = prepare(photograph, painting, settings.replace(content_mask=moved))
    assert read_checkpoint(path).resume(again).last.index == 2
    with pytest.raises(CheckpointError, match="another file for 'content_masks'"):
        read_checkpoint(path).resume(prepare(photograph, painting, Settings(**SMALL)))


def test_auto_is_chosen_once_and_resumed(photograph, painting, tmp_path):
    path = tmp_path / "a.safetensors"
    settings = Settings(**{**SMALL, "plan": "16:3,24:3"}, auto=True)
    painted = interrupt(prepare(photograph, painting, settings), 4, path)
    checkpoint = read_checkpoint(path)
    adopted = checkpoint.adopt(settings)
    assert not adopted.auto
    assert adopted.style_weight == painted.job.settings.style_weight
    resumed = checkpoint.resume(prepare(photograph, painting, adopted))
    assert resumed.notes == painted.notes
    assert any("auto: style_weight" in note for note in resumed.notes)


def test_a_sweep_over_colors_and_losses_and_masks(photograph, painting, tmp_path, mask):
    given = {"size": "24", "plan": "24:2", "precision": "float32", "backbone": "pocket"}
    vary = ["color=style,content,luminance", "style_loss=gram;meanstd;gram:1,histogram:0.5"]
    sweep = make_sweep(str(photograph), [str(painting)], given, vary)
    make_folder(tmp_path / "out", ["report.html"], sweep)
    results = [e for e in work(schedule(sweep, tmp_path / "out")) if isinstance(e, CellResult)]
    assert [result.error for result in results] == [""] * 9
    assert "--style-loss gram,histogram:0.5" in command(sweep.cells[-1])
    assert "--style-loss" not in command(sweep.cells[0])
    assert "--style-scale" not in command(sweep.cells[0])
    masked = make_sweep(str(photograph), [str(painting)], given, [f"content_mask={mask}"])
    (cell,) = masked.cells
    assert masked.axes[0].values[0].label == "left"
    assert mask in sources(cell).values()
    assert f"--content-mask {mask}" in command(cell)
    plan = schedule(masked, tmp_path)
    assert len(plan.runs) == 1


REFUSED = {
    "color": ({"color": "content"}, "color is 'content' but a blank canvas"),
    "edges": ({"protect_edges": 3}, "protect_edges is 3.0"),
    "photoreal": ({"photoreal": True}, "photoreal is True"),
    "auto": ({"auto": True}, "content_weight is 0"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_texture_has_no_photograph_to_keep(painting, name):
    values, sentence = REFUSED[name]
    with pytest.raises(SettingsError, match=sentence):
        reconstruct(painting, style_layers="relu1_1", size=(32, 24), **values)


def test_a_texture_is_painted_of_another_loss_with_fine_strokes(photograph, painting):
    texture = reconstruct(
        painting, style_layers="relu1_1,relu2_1", size=(32, 24), style_loss="meanstd",
        fine_style=str(photograph), iterations=2,
    backbone="pocket")  # fmt: skip
    assert texture.image.size == (32, 24)
    assert texture.recipe.fine_style.path == str(photograph)


def test_what_makes_no_sense_together_is_refused(photograph, painting, mask):
    pair = photograph, painting
    with pytest.raises(SettingsError, match="patches compares whole pictures and regions"):
        prepare(
            *pair, Settings(content_mask=mask, style_loss="patches", size=64, backbone="pocket")
        )
    with pytest.raises(SettingsError, match="patches compares whole pictures and regions"):
        stylize(
            *pair,
            content_mask=read(mask).rgb,
            style_loss="gram,patches",
            size=64,
            backbone="pocket",
        )
    with pytest.raises(SettingsError, match="auto weighs the style of a whole picture"):
        prepare(*pair, Settings(content_mask=mask, auto=True, size=64, backbone="pocket"))
    with pytest.raises(SettingsError, match="auto seeks the weight"):
        Settings(auto=True, photoreal=True, backbone="pocket")
    with pytest.raises(SettingsError, match="fine_style is given but no style"):
        prepare(photograph, [], Settings(style_weight=0, fine_style=painting, backbone="pocket"))
    job = prepare(
        *pair, Settings(style_loss="patches", fine_style=painting, size=64, backbone="pocket")
    )
    with pytest.raises(SettingsError, match="fine_style compares the finer style layers only"):
        mixing_jobs(job)
    # A tile as large as the picture is none.
    assert (
        prepare(
            *pair, Settings(style_loss="patches", size=64, tile=64, backbone="pocket")
        ).settings.tile
        == 64
    )


@pytest.mark.parametrize("size", [16, 24])
def test_patches_paint_small_pictures(photograph, painting, size):
    painted = stylize(
        photograph, painting, size=size, iterations=2, style_loss="patches", backbone="pocket"
    )
    assert max(painted.image.size) == size


def test_without_style_no_loss_is_looked_for(photograph):
    job = prepare(
        photograph, [], Settings(style_weight=0, style_loss="patches", size=32, backbone="pocket")
    )
    assert set(paint(job).last.parts) == {"content relu4_2", "tv"}


def test_a_loss_without_weight_is_left_out(photograph, painting):
    settings = Settings(
        style_loss="gram:1,patches:0", size=64, tile=32, plan="64:1", backbone="pocket"
    )
    assert "style relu1_1" in next(run(prepare(photograph, painting, settings))).step.parts


def test_a_network_is_measured_anew_for_other_losses_and_regions(photograph, painting, mask):
    settings = Settings(**SMALL)
    first = prepare(photograph, painting, settings)
    assert prepare(photograph, painting, settings, first).backbone is first.backbone
    for change in ({"style_loss": "sliced"}, {"content_mask": mask}):
        other = prepare(photograph, painting, settings.replace(**change), first)
        assert other.backbone is not first.backbone
    halves = [read(mask).rgb, 1 - read(mask).rgb]
    regions = prepare(photograph, [painting, painting], settings, content_mask=halves)
    assert regions.cost.memory > first.cost.memory


def test_a_preset_with_a_larger_style_makes_it_larger(photograph, painting):
    settings = apply("liu", {"backbone": "pocket", "size": 40, "plan": "40:2"})
    assert settings.style_scale == (1.2,)
    job = prepare(photograph, painting, settings)
    assert max(make_inputs(job, 40).styles[0].shape[2:]) == 48
    assert max(job.estimate.extent.largest) == 48


@pytest.mark.parametrize("spread", SPREADS)
@pytest.mark.parametrize("loss", ["histogram", "wasserstein", "gram:1,sliced:0.5"])
@pytest.mark.parametrize("name", ["squeezenet1_1", "googlenet", "alexnet"])
def test_masks_and_other_losses_are_exact_in_tiles(name, loss, spread):
    """No padding, strides of 4, pools that overlap: masks lie where the features do."""
    backbone, image = narrow(name), picture(163, 217, seed=3)
    left = torch.zeros(1, 1, 163, 217, dtype=torch.float64)
    left[..., :90] = 1
    half = torch.zeros(1, 1, 150, 170, dtype=torch.float64)
    half[..., 70:, :] = 1
    regions = [Region("a", left, {0: half}), Region("b", 1 - left, {0: None})]
    pictures = (picture(163, 217), [picture(150, 170, seed=2)])
    settings = Settings(backbone=name, style_loss=loss, mask_spread=spread)
    whole, tiled = (
        objective_of(backbone, *pictures, settings.replace(tile=tile), regions) for tile in (0, 64)
    )
    assert is_tiled(tiled)
    expected, found = whole(image), tiled(image)
    assert len(found.parts) == 2 + 2 * 5 * len(loss.split(","))
    assert found.parts == pytest.approx(expected.parts, rel=1e-8)
    error = (found.gradient - expected.gradient).norm() / expected.gradient.norm()
    assert error < 1e-7


def test_a_canvas_takes_no_masks(painting, mask):
    settings = Settings(
        content_weight=0, init="noise", content_mask=mask, size=32, backbone="pocket"
    )
    with pytest.raises(SettingsError, match="content_mask is"):
        prepare(Canvas(32, 32), painting, settings)
