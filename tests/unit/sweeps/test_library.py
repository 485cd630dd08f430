"""`impasto.sweep`: a sweep from Python."""

import csv
import io

import pytest

import impasto
from impasto.errors import SettingsError, UnknownName
from impasto.sweeps.library import typed

SMALL = {"size": 32, "levels": 1, "iterations": 1, "backbone": "pocket"}


def test_a_sweep_from_python_writes_what_the_command_writes(photograph, painting, tmp_path):
    seen = []
    cells = impasto.sweep(photograph, painting, {"style_weight": [10, 40], "color": ["style"]},
                          tmp_path / "out", progress=seen.append, **SMALL)  # fmt: skip
    assert [cell.cell.settings.style_weight for cell in cells] == [10, 40]
    assert all(cell.losses["total"] > 0 and cell.scores for cell in cells)
    assert len(seen) == 2
    rows = list(csv.DictReader(io.StringIO((tmp_path / "out" / "cells.csv").read_text("utf-8"))))
    assert [row["style_weight"] for row in rows] == ["10", "40"]
    again = impasto.sweep(photograph, painting, {"style_weight": [10, 40], "color": ["style"]},
                          tmp_path / "out", progress=seen.append, **SMALL)  # fmt: skip
    assert len(seen) == 2  # all were there
    assert [cell.losses for cell in again] == [cell.losses for cell in cells]


def test_values_are_what_python_has(photograph, painting, tmp_path):
    other = tmp_path / "other.png"
    other.write_bytes(photograph.read_bytes())
    cells = impasto.sweep(
        photograph, [painting],
        {"style": [[painting, other]], "style_layers": [["relu1_1", "relu2_1"], {"relu1_1": 0.5}],
         "balance": [True]},
        tmp_path / "out", **SMALL,
    )  # fmt: skip
    made = [(cell.cell.styles, cell.cell.settings.style_layers) for cell in cells]
    assert len(made) == 4
    assert made[-1][1] == (("relu1_1", 0.5),)
    assert [len(styles) for styles, _ in made] == [1, 1, 2, 2]


def test_a_mistyped_argument_gets_the_nearest(photograph, painting, tmp_path):
    with pytest.raises(UnknownName, match="did you mean 'style_weight'"):
        impasto.sweep(photograph, painting, {"seed": [1]}, tmp_path / "out", style_wieght=3)
    with pytest.raises(UnknownName, match="did you mean 'seed'"):
        impasto.sweep(photograph, painting, {"sed": [1]}, tmp_path / "out")
    with pytest.raises(SettingsError, match="cannot be"):
        typed("seed", object())
    assert not (tmp_path / "out").exists()
