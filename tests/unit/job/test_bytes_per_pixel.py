"""The bytes per pixel that the documentation gives are those that the estimate uses."""

import re
from pathlib import Path

import pytest
import torch

from impasto.backbones import BACKBONES, load_backbone
from impasto.job import Cost, Sizes, extent_of
from impasto.job.load import measure
from impasto.job.resources import BUFFERS, OVERHEAD, WORKSPACE, peak
from impasto.job.style_terms import wanted_layers
from impasto.machine import dtype_of
from impasto.settings import Settings
from tests.support.weight_files import write_usual

PAGE = Path(__file__).parents[3] / "docs" / "algorithm.md"
ROW = re.compile(r"^\| `(\w+)` \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", re.MULTILINE)
ROWS = {name: [int(n) for n in numbers] for name, *numbers in ROW.findall(PAGE.read_text("utf-8"))}


def test_every_network_has_a_row():
    assert list(ROWS) == list(BACKBONES)


@pytest.mark.parametrize("name", BACKBONES)
def test_an_evaluation_takes_the_bytes_that_the_page_says(name, tmp_path, monkeypatch):
    monkeypatch.setattr("impasto.job.resources.clocked", lambda *_: 1.0)  # bytes, not seconds
    whole, tile, margin = ROWS[name][:2], ROWS[name][2:4], ROWS[name][4]
    table = BACKBONES[name].table
    given = Settings(backbone=name, weights="any.pth" if table else None)
    settings = given.resolved(device="cpu", precision="float32", threads=1)
    layers = wanted_layers(settings)
    path = write_usual(name, layers, tmp_path) if table else None
    backbone = load_backbone(name, layers=layers, weights=path)
    assert margin == backbone.margin(layers)
    for precision, bytes_, mebibytes in zip(("float32", "bfloat16"), whole, tile, strict=True):
        backbone.to(dtype_of(precision)).to(memory_format=torch.channels_last)
        found = OVERHEAD * measure(settings, backbone, 0).memory
        assert bytes_ == pytest.approx(found, rel=0.05)
        assert mebibytes == pytest.approx(found * (512 + 2 * margin) ** 2 / 2**20, rel=0.05)


@pytest.mark.parametrize(
    ("option", "optimizer", "history"),
    [
        ("--history 10", "lbfgsb", 10),
        ("--history 5", "lbfgsb", 5),
        ("--history 100", "lbfgsb", 100),
        ("--optimizer adam", "adam", 10),
    ],
)
def test_the_rest_is_buffers_and_what_the_optimizer_remembers(
    option, optimizer, history, monkeypatch
):
    sizes = Sizes(content=(60, 80), styles=((60, 80),), style_scale=(1.0,))
    given = Settings(size=80, optimizer=optimizer, history=history, backbone="pocket")
    settings = given.resolved(device="cpu", precision="float32", threads=1)
    line = next(x for x in PAGE.read_text("utf-8").splitlines() if x.startswith(f"| `{option}`"))
    for expected, large in zip(re.findall(r"\| (\d+)", line), (60 * 80 * 3 + 1, 1), strict=True):
        monkeypatch.setattr("impasto.optimize.curvature_pairs.LARGE", large)
        extent = extent_of(settings, sizes)
        assert extent.fixed / (60 * 80) == int(expected)
        assert peak(extent, Cost(0, 0), 0, 0) == WORKSPACE + extent.fixed
    assert 12 * BUFFERS == 144
