"""The command that paints a cell again."""

import shlex

import pytest

from impasto.cli import cli
from impasto.cli.options import given
from impasto.images import Canvas
from impasto.job.reconstruction import inversion, texture
from impasto.settings import SPECS, Settings
from impasto.sweeps.axes import make_sweep
from impasto.sweeps.cells import Cell
from impasto.sweeps.command import command
from impasto.sweeps.store import key, sources


def parsed(line: str) -> tuple[str, Settings]:
    """Return the command of a line and the settings that its options are."""
    name, *words = shlex.split(line)[1:]
    context = cli.commands[name].make_context(name, words)
    return name, Settings(**given({each: context.params.get(each) for each in SPECS}))


def test_the_command_of_a_cell_has_its_settings(make):
    sweep = make(
        "style_layers=relu1_1:0.1,relu2_1;3", "style_weight=0.1,100", "iterations=3,7",
        size="240", keep_alpha=True, style_blend="2", init="noise", tv_weight="1e-7",
    )  # fmt: skip
    for cell in sweep.cells:
        name, settings = parsed(command(cell))
        assert name == "paint"
        assert settings == cell.settings


@pytest.mark.parametrize("iterations", [100, 200, 7])
def test_the_command_of_a_reconstruction_has_its_settings(iterations, photograph):
    path = str(photograph)
    for cell in (
        Cell("a", (0,), path, (), inversion("relu4_2", {"iterations": iterations, "size": 48})),
        Cell("b", (0,), Canvas(40, 30), (path,), texture("relu1_1:2,relu2_1",
             {"iterations": iterations}, 40)),
    ):  # fmt: skip
        words = shlex.split(command(cell))
        assert words[1:3] == ["reconstruct", path]
        options = dict(zip(words[3::2], words[4::2], strict=True))
        assert options["--iterations"] == str(iterations)
        assert options["--init"] == "noise"
        assert options["--size"] == ("48" if cell.name == "a" else "40x30")
        cli.commands["reconstruct"].make_context("reconstruct", words[2:])


def test_files_among_the_settings_are_inputs_with_absolute_paths(
    make, photograph, painting, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (cell,) = make("seed=1", init="painting.jpg", weights="weights.pth").cells
    assert set(sources(cell).values()) == {
        *(str(photograph), str(painting), "painting.jpg", "weights.pth")
    }
    words = shlex.split(command(cell))
    assert words[words.index("--init") + 1] == str(painting)
    assert words[words.index("--weights") + 1] == str(tmp_path / "weights.pth")
    (tmp_path / "weights.pth").write_bytes(b"1")
    before = key(cell, {})
    (tmp_path / "weights.pth").write_bytes(b"2")
    assert key(cell, {}) != before


def test_paths_in_commands_are_quoted(tmp_path, photograph):
    odd = tmp_path / "it's a $(picture).png"
    odd.write_bytes(photograph.read_bytes())
    sweep = make_sweep(str(odd), [str(photograph)], {}, ["seed=1,2"])
    assert shlex.split(command(sweep.cells[0]))[2] == str(odd)
