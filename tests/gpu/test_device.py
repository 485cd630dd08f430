"""Paintings on a device are those of the processor: their losses, and their first evaluations."""

from collections import deque

import numpy as np
import pytest
import torch

from impasto.backbones import BACKBONES, load_backbone
from impasto.errors import SettingsError
from impasto.job import Recipe, make_inputs, prepare
from impasto.machine import choose_precision
from impasto.registry import COLORS, FINISHES, INITIALIZERS, OPTIMIZERS, STYLE_LOSSES, VARIATIONS
from impasto.run import run
from impasto.run.checkpoint_file import read_checkpoint
from impasto.run.outputs import Outputs
from impasto.settings import Settings
from tests.support.objectives import objective_at
from tests.support.weight_files import write_usual

BASE = {"size": 128, "plan": "128:4", "precision": "float32", "backbone": "pocket", "tile": 0}

CONTROLS = {
    **{f"color {name}": {"color": name} for name in COLORS},
    **{f"start {name}": {"init": name} for name in INITIALIZERS},
    **{f"variation {name}": {"tv": name} for name in VARIATIONS},
    **{f"finish {name}": {"finish": name} for name in FINISHES},
    "two sizes": {"plan": "64:3,128:3"},
    "balance": {"balance": True},
    "edges": {"protect_edges": 1.0},
    "photorealism": {"photoreal_weight": 100.0},
    "maximum pooling": {"pooling": "max"},
    "rescaled filters": {"rescale": "unit", "backbone": "vgg19"},
    "fine strokes": {"style_scale": "0.5"},
    "no bounds, long memory": {"optimizer": "lbfgs", "history": 40},
}


def painted(pair, device, **settings):
    job = prepare(*pair, Settings(**{**BASE, **settings}, device=device))
    return deque(run(job), maxlen=1).pop()


def assert_alike(pair, device, **settings):
    """A path of four evaluations has no time to part much."""
    here, there = (painted(pair, each, **settings) for each in ("cpu", device))
    for one, other in zip(here.history, there.history, strict=True):
        assert other.total == pytest.approx(one.total, rel=0.01)
    first, other = here.history[0], there.history[0]
    assert other.parts == pytest.approx(first.parts, rel=1e-3, abs=1e-6 * first.total)
    assert np.abs(here.rgb - there.rgb).mean() < 1 / 255


@pytest.mark.parametrize("name", BACKBONES)
def test_every_network_sees_the_same(name, device, tmp_path):
    row = BACKBONES[name]
    layers = [layer for layer, _ in (*row.content_layers, *row.style_layers)]
    weights = write_usual(name, layers, tmp_path) if row.table else None
    here = load_backbone(name, layers=layers, weights=weights)
    there = load_backbone(name, layers=layers, weights=weights).to(device)
    images = torch.rand(1, 3, 128, 160, generator=torch.Generator().manual_seed(0))
    images.requires_grad_()
    copies = images.detach().to(device).requires_grad_()
    expected, found = here(images, layers), there(copies, layers)
    for layer in dict.fromkeys(layers):
        torch.testing.assert_close(found[layer].cpu(), expected[layer], rtol=1e-3, atol=1e-3)
    sum(f.square().mean() for f in expected.values()).backward()
    sum(f.square().mean() for f in found.values()).backward()
    error = (copies.grad.cpu() - images.grad).norm() / images.grad.norm()
    assert error < 1e-3


@pytest.mark.parametrize("loss", STYLE_LOSSES)
def test_every_style_loss(loss, device, pair):
    assert_alike(pair, device, style_loss=loss)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer(optimizer, device, pair):
    assert_alike(pair, device, optimizer=optimizer)


@pytest.mark.parametrize("control", CONTROLS)
def test_every_control(control, device, pair):
    assert_alike(pair, device, **CONTROLS[control])


def test_masks(device, pair):
    rows = np.zeros((80, 120), dtype=np.float32)
    rows[:, :60] = 1
    settings = Settings(**BASE)
    results = [
        deque(run(prepare(*pair, settings.replace(device=each), content_mask=rows)), maxlen=1).pop()
        for each in ("cpu", device)
    ]
    assert results[1].last.total == pytest.approx(results[0].last.total, rel=0.01)
    assert np.abs(results[0].rgb - results[1].rgb).mean() < 1 / 255


def test_tiles_add_up_to_the_whole(device, pair):
    whole, tiled = (painted(pair, device, tile=tile) for tile in (0, 64))
    assert tiled.last.total == pytest.approx(whole.last.total, rel=1e-3)


def test_the_default_network_in_16_bits(device, pair):
    precision = choose_precision(None, device)
    wide, short = (
        prepare(*pair, Settings(**{**BASE, "backbone": "vgg19", "precision": p}, device=device))
        for p in ("float32", precision)
    )
    image = make_inputs(wide, 128).content * 0.9 + 0.05
    exact, near = objective_at(wide, 128)(image), objective_at(short, 128)(image)
    assert near.total == pytest.approx(exact.total, rel=0.02)
    assert near.gradient.dtype == torch.float32
    assert (near.gradient - exact.gradient).norm() / exact.gradient.norm() < 0.3


@pytest.mark.parametrize("order", [("cpu", "there"), ("there", "cpu")])
def test_a_run_goes_on_on_another_device(order, device, pair, tmp_path):
    first, second = (device if each == "there" else each for each in order)
    out = tmp_path / "out.png"
    job = prepare(*pair, Settings(**{**BASE, "plan": "128:6"}, device=first))
    for result in run(job, Outputs(snapshot_every=3).recorders(out, print)):
        if len(result.history) == 3:
            break
    checkpoint = read_checkpoint(tmp_path / "out.png.checkpoint.safetensors")
    job = prepare(*pair, Settings(**{**BASE, "plan": "128:6"}, device=second))
    resumed = deque(run(job, checkpoint=checkpoint), maxlen=1).pop()
    whole = painted(pair, "cpu", plan="128:6")
    assert len(resumed.history) == 6
    assert resumed.last.total == pytest.approx(whole.last.total, rel=0.02)


def test_a_recipe_from_a_device_paints_on_the_processor(device, pair, tmp_path):
    path = tmp_path / "out.png"
    painted(pair, device).save(path)
    assert Recipe.of_picture(path).settings.size == 128


def test_the_default_device_of_torch_changes_nothing(device, pair):
    expected = painted(pair, "cpu")
    before = torch.get_default_device()
    torch.set_default_device(device)
    try:
        found = painted(pair, "cpu")
    finally:
        torch.set_default_device(before)
    assert (found.rgb == expected.rgb).all()


def test_what_is_forecast_is_what_a_card_takes(device, pair):
    if torch.device(device).type != "cuda":
        pytest.skip("only cards of NVIDIA count their memory exactly")
    for backbone, size in (("pocket", 1024), ("vgg19", 512)):
        torch.cuda.empty_cache()
        job = prepare(*pair, Settings(size=size, plan=f"{size}:12", backbone=backbone,
                                      device=device))  # fmt: skip
        before = torch.cuda.memory_reserved(device)
        torch.cuda.reset_peak_memory_stats(device)
        deque(run(job), maxlen=1)
        grown = torch.cuda.max_memory_reserved(device) - before
        assert 0.9 * grown < job.estimate.memory < 2 * grown


def test_a_card_that_is_not_there_is_refused(pair):
    with pytest.raises(SettingsError, match="'cuda:99' is not available here"):
        prepare(*pair, Settings(**BASE, device="cuda:99"))


def test_a_second_card(pair):
    if torch.cuda.device_count() < 2:
        pytest.skip("there is no second card")
    assert_alike(pair, "cuda:1")
