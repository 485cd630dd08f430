"""The notebook for beginners runs from its top to its end."""

import json
from pathlib import Path

import matplotlib
import pytest
from PIL import Image

NOTEBOOK = Path(__file__).parents[2] / "examples" / "quickstart.ipynb"


@pytest.fixture(scope="module")
def cells() -> list[dict]:
    return json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]


def test_the_notebook_runs(cells, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    matplotlib.use("Agg")
    names: dict = {}
    for number, cell in enumerate(cells, start=1):
        if cell["cell_type"] == "code":
            source = "".join(cell["source"]).replace("192, 60", "32, 4")
            exec(compile(source, f"{NOTEBOOK.name}, cell {number}", "exec"), names)
    names["plt"].close("all")
    assert (names["SIZE"], names["ITERATIONS"]) == (32, 4)
    assert names["totals"][-1] < names["totals"][0]
    assert len(names["seen"]) == 2
    with Image.open(tmp_path / "quickstart.png") as picture:
        assert max(picture.size) == 32


def test_the_notebook_is_kept_with_its_pictures_and_small(cells):
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert 8 <= len(code) <= 12
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    answers = [output for cell in code for output in cell["outputs"]]
    kinds = [kind for output in answers for kind in output["data"] if kind.startswith("image/")]
    assert len(kinds) >= 7, "make notebook"
    assert not any(output["output_type"] in ("stream", "error") for output in answers)
    assert NOTEBOOK.stat().st_size < 1_000_000
    assert len({cell["id"] for cell in cells}) == len(cells)
