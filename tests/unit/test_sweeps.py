"""Axes, cells, names, commands, and which cells exist."""

import itertools
import shlex
from pathlib import Path
from types import SimpleNamespace

import pytest

from impasto.cli import cli
from impasto.cli.options import given
from impasto.cli.sweep_display import Rest, opening
from impasto.errors import PictureError, SettingsError, UnknownName, UsageError
from impasto.images import Canvas
from impasto.job import inversion, texture
from impasto.settings import SPECS, Settings
from impasto.sweeps.axes import make_sweep, parse_axis
from impasto.sweeps.cells import Cell, CellResult
from impasto.sweeps.command import command
from impasto.sweeps.figures import figure
from impasto.sweeps.names import LONGEST_NAME
from impasto.sweeps.running import Painting, SweepSchedule, curve, same_run
from impasto.sweeps.store import key, make_folder, picture_file, read_result, sources, write_result
from tests.support.steps import step


@pytest.fixture
def make(photograph, painting):
    def sweep(*vary, **settings):
        return make_sweep(str(photograph), [str(painting)], settings, vary)

    return sweep


def test_cells_are_the_product_of_the_axes(make):
    sweep = make("style-weight=10,100,1000", "optimizer=lbfgs,adam", size="32")
    assert [axis.name for axis in sweep.axes] == ["style_weight", "optimizer"]
    assert [cell.place for cell in sweep.cells] == [(i, j) for i in range(3) for j in range(2)]
    assert {cell.settings.size for cell in sweep.cells} == {32}
    assert sweep.cells[3].settings.style_weight == 100
    assert sweep.cells[3].settings.optimizer == "adam"


def test_values_with_commas_are_separated_by_semicolons(make):
    sweep = make("style_layers=relu1_1;relu1_1,relu2_1:0.5")
    assert [cell.settings.style_layers for cell in sweep.cells] == [
        (("relu1_1", 1.0),),
        (("relu1_1", 1.0), ("relu2_1", 0.5)),
    ]


def test_a_number_of_style_layers_takes_the_first_of_the_network(make):
    sweep = make("style_layers=2,3,4,5")
    assert [len(cell.settings.style_layers) for cell in sweep.cells] == [2, 3, 4, 5]
    assert sweep.cells[0].settings.style_layers == (("relu1_1", 1.0), ("relu2_1", 1.0))
    assert "5 usual style layers" in make("style_layers=5,6").cells[1].error


def test_the_pictures_of_the_arguments_come_first_on_their_axis(make, tmp_path, photograph):
    other = tmp_path / "other.png"
    other.write_bytes(photograph.read_bytes())
    sweep = make(f"content={other}")
    assert [cell.content for cell in sweep.cells] == [str(photograph), str(other)]
    assert sweep.axes[0].values[1].picture == str(other)
    assert [what for what, _ in sweep.sources] == ["style"]


def test_exchanged_cells_swap_content_and_style(make, photograph, painting):
    as_given, swapped = make("exchange=no,yes").cells
    assert (as_given.content, as_given.styles) == (str(photograph), (str(painting),))
    assert (swapped.content, swapped.styles) == (str(painting), (str(photograph),))


@pytest.mark.parametrize(
    ("vary", "error", "words"),
    [
        ("syle_weight=1,2", UnknownName, "did you mean 'style_weight'"),
        ("style_weight", SettingsError, "has no values"),
        ("style_weight=,", SettingsError, "has no values"),
        ("style_weight=1,large", SettingsError, "'large': it must be a number"),
        ("optimizer=adam,lbgfs", UnknownName, "did you mean 'lbfgs'"),
        ("style_weight=1,2,1", SettingsError, "twice"),
        ("exchange=no,perhaps", SettingsError, "true or false"),
        ("content=nowhere.jpg", PictureError, "nowhere.jpg"),
    ],
)
def test_a_wrong_axis_or_value_is_named_before_anything_else(make, vary, error, words):
    with pytest.raises(error, match=words):
        make(vary)


def test_axes_that_do_nothing_are_refused(make):
    with pytest.raises(SettingsError, match="a plan fixes"):
        make("iterations=5,10", plan="32:4")
    with pytest.raises(SettingsError, match="varies twice"):
        make("size=32,48", "size=64")


def test_values_that_contradict_each_other_spoil_their_cell_only(make):
    good, bad = make("plan=32:4;64:4", size="32").cells
    assert good.settings is not None
    assert bad.settings is None
    assert "plan ends at 64" in bad.error


def test_iterations_share_the_coarser_sizes_of_the_longest(make):
    sweep = make("iterations=10,40,20", "seed=1,2", size="240")
    plans = {cell.settings.completed().plan for cell in sweep.cells}
    assert plans == {((120, 60), (240, n)) for n in (10, 20, 40)}
    runs = same_run(sweep.cells)
    assert [[cell.settings.iterations for cell in run] for run in runs] == [[10, 20, 40]] * 2
    assert "one run" in sweep.notes[0]


def test_names_are_short_safe_and_unlike_each_other(make):
    layers = ",".join(f"relu{n}_1:0.123456789" for n in range(1, 6))
    sweep = make(f"style_layers={layers};{layers}1", "style_weight=1e2,1e5")
    names = [cell.name for cell in sweep.cells]
    assert len({name.lower() for name in names}) == 4
    for name in names:
        assert len(name) <= LONGEST_NAME
        assert not set(name) - set("abcdefghijklmnopqrstuvwxyz0123456789_.+-")
    assert names == [cell.name for cell in make(
        f"style_layers={layers};{layers}1", "style_weight=1e2,1e5").cells]  # fmt: skip
    assert [cell.name for cell in make("tv-weight=1,2").cells] == ["tv_weight-1", "tv_weight-2"]


def parsed(line: str) -> tuple[str, Settings]:
    """Return the command of a line and the settings that its options are."""
    name, *words = shlex.split(line)[1:]
    context = cli.commands[name].make_context(name, words)
    return name, Settings(**given({knob: context.params.get(knob) for knob in SPECS}))


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


def test_a_cell_exists_if_settings_inputs_and_picture_are_the_same(make, tmp_path, photograph):
    cell, other = make("style_weight=1,2").cells
    folder = tmp_path / "out"
    make_folder(folder, [], make("style_weight=1,2"))
    assert read_result(folder, cell, {}) is None
    picture_file(folder, cell).write_bytes(b"picture")
    result = CellResult(cell, losses={"total": 1.5}, evaluations=3, seconds=1.25, size=(4, 3))
    write_result(folder, result, {})
    assert read_result(folder, cell, {}) == result
    assert read_result(folder, other, {}) is None
    changed = Cell(cell.name, cell.place, cell.content, cell.styles, other.settings)
    assert read_result(folder, changed, {}) is None
    elsewhere = cell.settings.replace(threads=1, device="cpu")
    moved = Cell(cell.name, cell.place, cell.content, cell.styles, elsewhere)
    assert key(moved, {}) == key(cell, {})
    picture_file(folder, cell).write_bytes(b"half a pic")
    assert read_result(folder, cell, {}) is None
    picture_file(folder, cell).write_bytes(b"picture")
    photograph.write_bytes(photograph.read_bytes() + b"\0")
    assert read_result(folder, cell, {}) is None


def test_a_folder_that_cannot_be_written_is_named(make, tmp_path):
    sweep = make("seed=1,2")
    (tmp_path / "file").write_text("")
    with pytest.raises(PictureError, match="cannot be made a folder"):
        make_folder(tmp_path / "file", [], sweep)
    (tmp_path / "out" / "report.html").mkdir(parents=True)
    with pytest.raises(PictureError, match=r"report\.html' is a folder"):
        make_folder(tmp_path / "out", ["report.html"], sweep)


def test_inputs_are_not_overwritten(tmp_path, photograph, painting):
    own = tmp_path / "cells" / "seed-1.png"
    own.parent.mkdir()
    own.write_bytes(photograph.read_bytes())
    sweep = make_sweep(str(own), [str(painting)], {}, ["seed=1,2"])
    with pytest.raises(PictureError, match="also an input"):
        make_folder(tmp_path, [], sweep)


def test_figure_1_inverts_single_layers_and_adds_up_styles(photograph, painting):
    sweep = figure(1, str(photograph), [str(painting)], {"size": "48", "levels": "2"})
    content, style = sweep.cells[:5], sweep.cells[5:]
    assert [value.label[:3] for value in sweep.axes[1].values] == [
        "(a)",
        "(b)",
        "(c)",
        "(d)",
        "(e)",
    ]
    for at, cell in enumerate(content):
        assert cell.settings.content_layers == ((f"relu{at + 1}_1", 1.0),)
        assert cell.settings.style_weight == 0
        assert cell.styles == ()
    for at, cell in enumerate(style):
        assert len(cell.settings.style_layers) == at + 1
        assert cell.settings.content_weight == 0
        assert cell.content == Canvas(64, 48)
    assert {cell.settings.size for cell in sweep.cells} == {48}
    assert {cell.settings.levels for cell in sweep.cells} == {2}


def test_figure_3_has_the_ratios_of_the_paper_for_its_network_and_multiples_elsewhere(
    photograph, painting
):
    paper = {"backbone": "vgg19", "normalization": "paper"}
    for options, ratios in (
        (paper, [1e-5, 1e-4, 1e-3, 1e-2]),
        ({**paper, "style_weight": "10"}, [1e-5, 1e-4, 1e-3, 1e-2]),
    ):
        sweep = figure(3, str(photograph), [str(painting)], options)
        found = [c.settings.content_weight / c.settings.completed().style_weight
                 for c in sweep.cells[:4]]  # fmt: skip
        assert found == pytest.approx(ratios)
    sweep = figure(3, str(photograph), [str(painting)], {})
    weights = [cell.settings.content_weight for cell in sweep.cells[:4]]
    assert [b / a for a, b in itertools.pairwise(weights)] == pytest.approx([10] * 3)
    assert len(sweep.cells) == 20
    assert [len(cell.settings.style_layers) for cell in sweep.cells[::4]] == [1, 2, 3, 4, 5]


def test_figures_say_what_they_choose_themselves(photograph, painting):
    with pytest.raises(SettingsError, match="figure 3 chooses content_weight itself"):
        figure(3, str(photograph), [str(painting)], {"content_weight": "3"})
    with pytest.raises(SettingsError, match="figure 1 takes one style, not 2"):
        figure(1, str(photograph), [str(painting)] * 2, {})
    with pytest.raises(UsageError, match="size"):
        figure(2, str(photograph), [str(painting)], {"size": "huge"})


def test_curves_keep_the_ends_and_few_points():
    history = [
        step(n, total=1000 / n, kinds={"style": 3.0, "tv": float(n)}, seconds=n)
        for n in range(1, 998)
    ]
    found = curve(history)
    assert found["evaluation"][0] == 1
    assert found["evaluation"][-1] == 997
    assert len(found["total"]) == len(found["evaluation"]) <= 201
    assert set(found["style"]) == {3.0}


def test_the_time_left_covers_the_whole_and_learns_from_what_was_done(make, monkeypatch):
    cells = make("seed=1,2,3").cells
    clock = iter([0.0, 4.0, 6.0])
    monkeypatch.setattr(
        "impasto.cli.sweep_display.time", SimpleNamespace(monotonic=lambda: next(clock))
    )
    rest = Rest(SweepSchedule(Path(), [Painting((cell,), 2.0, 10) for cell in cells]))
    assert rest.finish(CellResult(cells[0])) == pytest.approx(8.0)  # each took twice its estimate
    assert rest.finish(CellResult(cells[1])) == pytest.approx(3.0)


def test_the_opening_tells_what_is_there_and_what_is_not(make):
    sweep = make("seed=1,2,3,4")
    one, two, three, four = sweep.cells
    plan = SweepSchedule(
        Path(),
        [Painting((three, four), 65.0, 10)],
        [CellResult(one), CellResult(two, error="bad")],
    )
    assert opening(sweep, plan) == (
        "4 cells; 1 there already; 1 that cannot be painted; 2 to paint in 1 run, 10 evaluations; "
        "about 1:05"
    )
    assert opening(
        sweep, SweepSchedule(Path(), [], [CellResult(cell) for cell in sweep.cells])
    ) == ("4 cells; 4 there already")


def test_axes_are_parsed_with_dashes():
    assert parse_axis("tv-weight=1,10", "a", ["b"]).name == "tv_weight"
