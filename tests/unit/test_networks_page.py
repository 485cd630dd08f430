"""`python -m benchmarks.networks`: what it paints with, the sheet, the table."""

import json

import pytest
from benchmarks import networks
from benchmarks.networks import PAGE, RESULT, contact_sheet, deep_enough, files, refresh, section
from benchmarks.runner import Skip
from PIL import Image

from impasto.backbones import BACKBONES
from tests.support.weight_files import write_usual

MACHINE = {"threads": 1, "processor": "abacus", "versions": {"torch": "0"}}


@pytest.fixture(autouse=True)
def nothing_fetched(monkeypatch, tmp_path):
    monkeypatch.setenv("IMPASTO_CACHE", str(tmp_path / "cache"))


def test_the_page_shows_what_was_measured():
    text = PAGE.read_text(encoding="utf-8")
    assert refresh(text, json.loads(RESULT.read_text(encoding="utf-8"))) == text
    for name in BACKBONES:
        assert f"| `{name}`" in text


def test_a_file_that_ends_early_is_painted_with_as_far_as_it_goes(tmp_path):
    path = write_usual("vgg19", ["relu3_2"], tmp_path)
    assert deep_enough("vgg19", path) == {
        "weights": str(path),
        "style_layers": "relu1_1,relu2_1,relu3_1",
        "content_layers": "relu3_2",
    }
    path = write_usual("squeezenet1_0", ["fire5"], tmp_path)
    assert deep_enough("squeezenet1_0", path) == {"weights": str(path)}
    assert deep_enough("pocket", None) == {}


def test_weights_are_found_in_a_folder_and_what_is_none_is_passed_over(tmp_path):
    write_usual("alexnet", ["relu5"], tmp_path)
    (tmp_path / "broken.pth").write_bytes(b"PK")
    (tmp_path / "README.md").write_text("words")
    found = files(tmp_path)
    assert list(found) == ["vgg19", "pocket", "alexnet"]
    assert found["alexnet"] == {"backbone": "alexnet", "weights": str(tmp_path / "alexnet.pth")}


def test_what_is_not_here_is_not_measured():
    row = {"backbone": "pocket", "content_layers": ["relu4_2"], "style_layers": ["relu1_1"]}
    row |= {"seconds": 2.0, "peak": 2**20, "precision": "float32"}
    found = section({"machine": MACHINE, "size": 64, "rows": [row, {"backbone": "vgg19"}]})
    assert "| `pocket` (a file that ends early) | relu4_2 | relu1_1 | 2.00 s | 1 MiB |" in found
    for name in set(BACKBONES) - {"pocket"}:
        (line,) = (line for line in found.splitlines() if line.startswith(f"| `{name}` |"))
        assert line.endswith("| not measured | not measured |")
    assert "64 pixels, default settings, float32, on 1 thread of abacus" in found
    assert "Painted, row by row: `pocket`.\n" in found


def test_one_command_paints_and_rewrites(tmp_path, monkeypatch, capsys):
    """A network that cannot paint is a row without numbers, and does not stop the others."""

    def child(bench, task, **arguments):
        if task == "machine":
            return MACHINE
        if arguments["settings"]["backbone"] == "alexnet":
            raise Skip("it failed")
        return networks.paint(arguments["settings"] | {"iterations": 1}, arguments["out"])

    monkeypatch.setattr("benchmarks.runner.Bench.child", child)
    (tmp_path / "shared" / "weights").mkdir(parents=True)
    for name in ("alexnet", "squeezenet1_1"):
        write_usual(name, ["relu5", "fire5"], tmp_path / "shared" / "weights")
    page, result, sheet = (tmp_path / name for name in ("page.md", "n.json", "sheet.jpg"))
    page.write_text("before\n<!-- measured: networks -->\nold\n<!-- end -->\nafter\n")
    options = ["--size", "48", "--shared", tmp_path / "shared", "--page", page]
    options += ["--result", result, "--sheet", sheet]
    assert networks.main(list(map(str, options))) == 0
    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith("<!-- end -->\nafter\n")
    assert "old" not in text
    assert "Painted, row by row: `vgg19`, `pocket`, `squeezenet1_1`." in text
    assert "| `alexnet` | relu4 |" in text
    with Image.open(sheet) as picture:
        assert picture.size == (2 * 48 + 4, 2 * 32 + 4)


def test_pictures_stand_in_a_square(tmp_path):
    paths = [tmp_path / f"{index}.png" for index in range(5)]
    for index, path in enumerate(paths):
        Image.new("RGB", (10, 6), (50 * index, 0, 0)).save(path)
    contact_sheet(paths, tmp_path / "sheet.png")
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.size == (3 * 14 - 4, 2 * 10 - 4)
        assert sheet.getpixel((14 + 5, 10 + 3)) == (200, 0, 0)
        assert sheet.getpixel((2 * 14 + 5, 10 + 3)) == (255, 255, 255)
