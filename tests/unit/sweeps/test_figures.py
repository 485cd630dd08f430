"""The figures of the paper, as sweeps."""

import itertools

import pytest

from impasto.errors import SettingsError, UsageError
from impasto.images import Canvas
from impasto.sweeps.figures import figure


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
