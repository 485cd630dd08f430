"""Cells are measured against their own pictures, by a network that painted none of them."""

from dataclasses import asdict, fields, replace

import pytest

import impasto.sweeps.judging as judging
from impasto import images
from impasto.errors import PictureError
from impasto.evaluation.scores import FILTERS, Scores, choose_network, judge
from impasto.images import as_picture
from impasto.sweeps.axes import make_sweep
from impasto.sweeps.cells import CellResult
from impasto.sweeps.figures import figure
from impasto.sweeps.judging import Judge, can_judge
from impasto.sweeps.report.table import SCORES
from impasto.sweeps.store import make_folder, picture_file, read_result


@pytest.fixture
def sweep(photograph, painting):
    given = {"size": "64"}
    return make_sweep(str(photograph), [str(painting)], given, ["exchange=no,yes"])


@pytest.fixture
def results(sweep, tmp_path, painting):
    """Two cells, both of which are the painting, once as photograph and once as style."""
    make_folder(tmp_path, [], sweep)
    found = []
    for cell in sweep.cells:
        rgb = as_picture(cell.content).rgb
        images.write(picture_file(tmp_path, cell), rgb)
        found.append(CellResult(cell, losses={"total": 1.0}, size=rgb.shape[1::-1]))
    return found


def test_every_cell_is_measured_against_its_own_pictures(sweep, results, tmp_path):
    measure = Judge(sweep, tmp_path, {})
    for result in results:
        judged = measure(result)
        assert judged.scores["structure"] == pytest.approx(1)
        assert judged.scores["ssim"] == pytest.approx(1, abs=1e-4)
        cell = result.cell
        wanted = judge(picture_file(tmp_path, cell), cell.content, cell.styles, measure.name)
        assert judged.scores == pytest.approx(asdict(wanted.result), rel=1e-4)
        assert judged.scores["wasserstein"] > 0.05


def test_measures_are_kept_and_not_made_again(sweep, results, tmp_path):
    measure = Judge(sweep, tmp_path, {})
    assert measure.missing(results) == results
    judged = [measure(result) for result in results]
    kept = [read_result(tmp_path, cell, {}) for cell in sweep.cells]
    assert [each.scores for each in kept] == [each.scores for each in judged]
    assert measure.missing(kept) == []
    assert measure.missing([replace(kept[0], judged_by="other")]) != []


def test_the_network_painted_no_cell(photograph, painting, tmp_path, monkeypatch):
    monkeypatch.setattr(
        "impasto.evaluation.scores.find", lambda name: name if name == "vgg19" else None
    )
    assert choose_network({"pocket"}) == "vgg19"
    assert choose_network({"vgg19"}) == "pocket"
    assert choose_network({"vgg19", "pocket"}) == FILTERS
    assert choose_network(set()) == FILTERS
    axis = ["backbone=pocket,vgg19"]
    sweep = make_sweep(str(photograph), [str(painting)], {}, axis)
    assert Judge(sweep, tmp_path, {}).name == FILTERS


def test_paintings_count_by_their_weights(photograph, painting, tmp_path):
    styles = [str(painting), str(photograph)]
    sweep = make_sweep(str(photograph), styles, {"size": "64"}, ["style_blend=1,0;0,1"])
    make_folder(tmp_path, [], sweep)
    measure, found = Judge(sweep, tmp_path, {}), []
    for cell in sweep.cells:
        images.write(picture_file(tmp_path, cell), as_picture(photograph).rgb)
        found.append(measure(CellResult(cell, size=(64, 48))).scores["gram"])
    assert found[0] > 0.05
    assert found[1] == pytest.approx(0, abs=1e-5)


def test_a_failure_costs_the_measures_and_not_the_cell(sweep, results, tmp_path, monkeypatch):
    def broken(*_):
        raise PictureError("the network is gone.")

    monkeypatch.delenv("IMPASTO_DEBUG", raising=False)
    monkeypatch.setattr(judging, "load_network", broken)
    judged = Judge(sweep, tmp_path, {})(results[0])
    assert (judged.error, judged.scores, judged.judged_by) == ("", {}, "")
    assert judged.unjudged == "the network is gone."
    assert judged.losses == results[0].losses


def test_what_has_no_photograph_or_no_style_is_left_alone(photograph, painting, tmp_path):
    sweep = figure("1", str(photograph), [str(painting)], {"size": "64"})
    assert not any(can_judge(CellResult(cell)) for cell in sweep.cells)
    failed = CellResult(sweep.cells[0], error="it failed.")
    assert Judge(sweep, tmp_path, {})(failed) is failed


def test_the_table_has_all_measures():
    assert tuple(field.name for field in fields(Scores)) == SCORES
