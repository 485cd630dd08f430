"""The figures of the paper and of its readers, as sweeps."""

import csv
import itertools

import pytest
from click.testing import CliRunner

from impasto.cli import cli
from impasto.errors import SettingsError, UnknownName, UsageError
from impasto.images import Canvas
from impasto.sweeps import ALIASES, FIGURES, figure, figure_axes, figures, judging
from impasto.sweeps.figure_axes import RATIOS, STYLE_RATIOS, tenth
from impasto.sweeps.report import charts

POCKET = {"backbone": "pocket"}


@pytest.fixture
def make(photograph, painting):
    def sweep(name, *more, quick=False, **given):
        return figure(name, str(photograph), [str(painting), *map(str, more)], given, quick)

    return sweep


def test_figure_1_inverts_single_layers_and_adds_up_styles(make):
    sweep = make("1", size="48", levels="2")
    content, style = sweep.cells[:5], sweep.cells[5:]
    letters = ["(a)", "(b)", "(c)", "(d)", "(e)"]
    assert [value.label[:3] for value in sweep.axes[1].values] == letters
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


def test_figure_2_starts_from_noise_and_has_the_ratio_of_each_style(make, painting, tmp_path):
    others = [tmp_path / f"{n}.png" for n in range(4)]
    for other in others:
        other.write_bytes(painting.read_bytes())
    cells = make("paper-2", *others).cells
    ratios = [cell.settings.content_weight / cell.settings.style_weight for cell in cells]
    assert ratios == pytest.approx([*STYLE_RATIOS, STYLE_RATIOS[-1]])
    assert {cell.settings.init for cell in cells} == {"faint"}
    same = make("paper-2", *others, content_weight="2").cells
    assert {cell.settings.content_weight for cell in same} == {2}


def test_figure_3_has_the_ratios_of_the_paper_for_its_network_and_multiples_elsewhere(make):
    for given in ({}, {"style_weight": "10"}):
        cells = make("paper-3", **given).cells
        found = [c.settings.content_weight / c.settings.style_weight for c in cells[:4]]
        assert found == pytest.approx(RATIOS)
    sweep = make("paper-3", **POCKET)
    weights = [cell.settings.content_weight for cell in sweep.cells[:4]]
    assert [b / a for a, b in itertools.pairwise(weights)] == pytest.approx([10] * 3)
    assert len(sweep.cells) == 20
    assert [len(cell.settings.style_layers) for cell in sweep.cells[::4]] == [1, 2, 3, 4, 5]
    assert sweep.axes[1].values[2].label == "3 x default"


def test_given_style_layers_are_the_depths_of_a_figure(make):
    cells = make("paper-3", style_layers="relu2_1:1,relu4_1:3").cells
    assert cells[-1].settings.style_layers == (("relu2_1", 1.0), ("relu4_1", 3.0))
    assert len(cells) == 8


def test_figures_say_what_they_choose_themselves(make, painting):
    with pytest.raises(SettingsError, match="figure paper-3 chooses content_weight itself"):
        make("3", content_weight="3")
    with pytest.raises(SettingsError, match="figure kang-style-weight chooses style_weight itself"):
        make("kang-style-weight", style_weight="3")
    with pytest.raises(SettingsError, match="figure paper-1 takes one style, not 2"):
        make("1", painting)
    with pytest.raises(UsageError, match="size"):
        make("2", size="huge")
    with pytest.raises(UnknownName, match="did you mean 'kang-starts'"):
        make("kang-start")


def test_quick_is_small_and_has_a_tenth_of_the_evaluations_unless_others_are_given(make):
    whole, quick = make("liu-iterations"), make("liu-iterations", quick=True)
    assert [value.label for value in quick.axes[0].values][-1] == "80 iterations"
    counts = [[c.settings.completed().iterations for c in s.cells] for s in (whole, quick)]
    assert counts == [[50, 100, 200, 400, 800], [5, 10, 20, 40, 80]]
    assert {cell.settings.size for cell in quick.cells} == {128}
    (cell, *_) = make("kang-style-weight", quick=True, size="64").cells
    assert (cell.settings.size, cell.settings.iterations) == (64, tenth(200))
    (cell, *_) = make("kang-style-weight", quick=True, iterations="7").cells
    assert cell.settings.iterations == 7


def test_quick_keeps_the_balance_of_losses_that_grow_with_the_picture(make):
    (whole, *_), (quick, *_) = (make("liu-iterations", quick=q).cells for q in (False, True))
    weights = [cell.settings.content_weight for cell in (whole, quick)]
    assert weights == [1, (512 / 128) ** 2]
    (same, *_) = make("paper-2", quick=True).cells
    assert same.settings.content_weight == make("paper-2").cells[0].settings.content_weight


def test_a_step_of_budhirajas_is_up_to_20_evaluations(make):
    sweep = make("budhiraja-steps")
    assert [cell.settings.completed().iterations for cell in sweep.cells] == [
        20 * steps for steps in (50, 100, 200, 400)
    ]
    assert {cell.settings.rescale for cell in sweep.cells} == {"unit"}  # in torchvision's stead
    assert any("vgg19-torchvision" in note for note in sweep.notes)


def test_networks_are_compared_with_one_normalization_and_one_ratio(make):
    cells = make("liu-networks").cells
    assert len({cell.settings.backbone for cell in cells}) == len(cells)
    ratios = {
        (cell.settings.normalization, cell.settings.content_weight, cell.settings.style_weight)
        for cell in cells
    }
    assert ratios == {("relative", 1.0, 20.0)}


def test_every_row_says_what_it_shows_and_where_it_is_from():
    assert set(ALIASES.values()) <= FIGURES.keys()
    for name, row in FIGURES.items():
        assert all((row.title, row.source)), name
        assert row.sentence[0].islower(), name


@pytest.fixture
def hurried(monkeypatch):
    """Neither judge cells nor draw their curves, and make few evaluations."""
    monkeypatch.setattr(judging, "can_judge", lambda result: False)
    monkeypatch.setattr(charts, "available", lambda: False)
    for module in (figure_axes, figures):
        monkeypatch.setattr(module, "tenth", lambda count: min(count // 50, 10) + 1)


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_paints_two_pictures(name, photograph, painting, tmp_path):
    options = ["--quick", "--size", 32, "-o", tmp_path / "f", "--quiet"]
    options += ["--style-layers", "relu1_1,relu3_1"] if name.startswith("paper") else []
    options += ["--backbone", "pocket"] if name != "liu-networks" else ["--iterations", 1]
    done = CliRunner().invoke(cli, ["figure", name, *map(str, [photograph, painting, *options])])
    # Weights of networks that are not in the package are to be fetched: a cell says so.
    assert done.exit_code == (1 if name == "liu-networks" else 0), done.output
    assert all((tmp_path / "f" / each).exists() for each in ("contact-sheet.png", "report.html"))
    with (tmp_path / "f" / "cells.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if not row["error"]]
    assert len(rows) > 0
    for row in rows:
        assert int(row["evaluations"]) == int(row["planned"]) > 0
        assert float(row["seconds"]) > 0
        assert float(row["memory_mb"]) > 0
