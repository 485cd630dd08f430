"""The files of cells, and which cells exist."""

import json

import pytest

from impasto.errors import PictureError
from impasto.sweeps.axes import make_sweep
from impasto.sweeps.cells import Cell, CellResult
from impasto.sweeps.store import (
    key,
    make_folder,
    numbers_file,
    picture_file,
    read_result,
    write_result,
)


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


WRONG_NUMBERS = {
    "losses": [{"tota": 1.0}, {"total": "high"}, {"total": None}, {"total": {}}, [["total", 1]], 3],
    "evaluations": [1e400, None, "many", []],
    "seconds": ["long", [], None],
    "size": [[1], [1, 2, 3], ["a", 2], 4],
    "curve": [{"evaluation": [1, 2], "total": [1]}, {"total": 3}, {"total": ["a"]}, [1]],
    "scores": [{"beauty": 1.0}, {"gram": 1.0}, [1], "good"],
}


@pytest.mark.parametrize("name", WRONG_NUMBERS)
def test_a_cell_whose_numbers_were_edited_is_painted_again(make, tmp_path, name):
    sweep = make("style_weight=1")
    cell, folder = sweep.cells[0], tmp_path / "out"
    make_folder(folder, [], sweep)
    picture_file(folder, cell).write_bytes(b"picture")
    write_result(folder, CellResult(cell, losses={"total": 1.5}, size=(4, 3)), {})
    file = numbers_file(folder, cell)
    sound = json.loads(file.read_text())
    assert read_result(folder, cell, {}) is not None
    for value in WRONG_NUMBERS[name]:
        file.write_text(json.dumps({**sound, name: value}))
        assert read_result(folder, cell, {}) is None, value


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
