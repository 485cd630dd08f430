"""Whatever is wrong: one sentence on stderr, exit code 2, nothing painted, no traceback."""

import pytest
from PIL import Image

from impasto.job import Recipe
from impasto.optimize import loop
from tests.support.pictures import dimensions


@pytest.fixture
def files(tmp_path, photograph, painting):
    (tmp_path / "text.png").write_text("not a picture")
    (tmp_path / "empty.png").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "weights.pth").write_bytes(b"not weights")
    Image.new("RGB", (15, 9)).save(tmp_path / "tiny.png")
    (tmp_path / "a.checkpoint.safetensors").write_bytes(b"not a checkpoint")
    truncated = photograph.read_bytes()[:-300]
    (tmp_path / "truncated.png").write_bytes(truncated)
    return tmp_path


CASES = {
    "missing content": (["missing.png", "painting.jpg"], "missing.png"),
    "missing style": (["photo.png", "missing.jpg"], "missing.jpg"),
    "text for a picture": (["text.png", "painting.jpg"], "text.png"),
    "empty file": (["empty.png", "painting.jpg"], "empty.png"),
    "truncated file": (["truncated.png", "painting.jpg"], "truncated.png"),
    "folder": (["folder", "painting.jpg"], "folder"),
    "too small": (["tiny.png", "painting.jpg"], "at least 16"),
    "no style": (["photo.png"], "there is no style for"),
    "unknown option": (["photo.png", "painting.jpg", "--syle-weight", "3"], "--style-weight"),
    "unknown layer": (
        ["photo.png", "painting.jpg", "--style-layers", "relu11"],
        "did you mean 'relu1_1'",
    ),
    "unknown backbone": (["photo.png", "painting.jpg", "--backbone", "vgg91"], "'vgg19'"),
    "unknown optimizer": (["photo.png", "painting.jpg", "--optimizer", "lbgfs"], "'lbfgs'"),
    "unknown start": (["photo.png", "painting.jpg", "--init", "nois"], "'noise'"),
    "unknown device": (["photo.png", "painting.jpg", "--device", "cuda:99"], "cuda:99"),
    "nonsense device": (["photo.png", "painting.jpg", "--device", "toaster"], "toaster"),
    "weights that are none": (
        ["photo.png", "painting.jpg", "--backbone", "vgg19", "--weights", "weights.pth"],
        "weights.pth",
    ),
    "weights missing": (
        ["photo.png", "painting.jpg", "--backbone", "vgg19", "--weights", "none.pth"],
        "none.pth",
    ),
    "weights not fetched": (
        ["photo.png", "painting.jpg", "--backbone", "vgg16"],
        "impasto models fetch vgg16",
    ),
    "size too small": (["photo.png", "painting.jpg", "--size", "8"], "from 16"),
    "size too large": (["photo.png", "painting.jpg", "--size", "100000"], "32768"),
    "size no number": (["photo.png", "painting.jpg", "--size", "big"], "whole number"),
    "weights that do not fit the styles": (
        ["photo.png", "painting.jpg", "--style-blend", "1,2"],
        "2 weights for 1 style",
    ),
    "bits": (["photo.png", "painting.jpg", "--bits", "12"], "8 or 16"),
    "16-bit jpeg": (["photo.png", "painting.jpg", "--bits", "16", "-o", "out.jpg"], "16"),
    "alpha in jpeg": (["photo.png", "painting.jpg", "--keep-alpha", "-o", "out.jpg"], ".jpg"),
    "unknown format": (["photo.png", "painting.jpg", "-o", "out.pgn"], ".png"),
    "no folder to write to": (["photo.png", "painting.jpg", "-o", "none/out.png"], "none"),
    "output is a folder": (["photo.png", "painting.jpg", "-o", "folder"], "folder"),
    "output is the content": (["photo.png", "painting.jpg", "-o", "photo.png"], "photo.png"),
    "output is the style": (["photo.png", "painting.jpg", "-o", "./painting.jpg"], "painting.jpg"),
    "no memory": (["photo.png", "painting.jpg", "--size", "4000", "--memory", "0.3"], "GiB"),
    "enormous": (["photo.png", "painting.jpg", "--size", "32000"], "million"),
    "enormous style": (
        ["photo.png", "painting.jpg", "--size", "4000", "--style-scale", "20"],
        "million",
    ),
    "empty output": (["photo.png", "painting.jpg", "-o", ""], ".png"),
    "another device": (["photo.png", "painting.jpg", "--device", "meta"], "meta"),
    "unknown preset": (["photo.png", "painting.jpg", "--preset", "papre"], "did you mean 'paper'"),
    "preset without its weights": (
        ["photo.png", "painting.jpg", "--preset", "budhiraja"],
        "impasto models fetch vgg19-torchvision",
    ),
    "rescaled pocket": (
        ["photo.png", "painting.jpg", "--rescale", "unit", "--backbone", "pocket"],
        "only convolutions in a row",
    ),
    "film of no kind": (["photo.png", "painting.jpg", "--animate", "a.avi"], ".gif"),
    "film over an input": (["photo.png", "painting.jpg", "--curve", "photo.png"], "photo.png"),
    "log in no folder": (["photo.png", "painting.jpg", "--log", "none/a.csv"], "none"),
    "events in a file": (["photo.png", "painting.jpg", "--tensorboard", "text.png"], "text.png"),
    "numbers without a film": (["photo.png", "painting.jpg", "--frame-numbers"], "--animate"),
    "snapshots every 0": (["photo.png", "painting.jpg", "--snapshot-every", "0"], "snapshot"),
    "damaged checkpoint": (
        ["photo.png", "painting.jpg", "-o", "a.png", "--resume"],
        "a.checkpoint",
    ),
    "plan larger than size": (["photo.png", "painting.jpg", "--plan", "1024:5"], "1024"),
}


@pytest.mark.parametrize("name", CASES)
def test_one_sentence_and_exit_code_2(impasto, files, monkeypatch, name):
    monkeypatch.chdir(files)
    monkeypatch.setenv("IMPASTO_CACHE", str(files / "cache"))
    before = {path: path.stat().st_mtime_ns for path in files.iterdir()}
    arguments, hint = CASES[name]
    done = impasto("paint", *arguments)
    assert done.code == 2, done.err
    assert done.out == ""
    assert done.err.startswith("impasto: ")
    assert done.err.count("\n") == 1
    assert hint in done.err
    assert "Traceback" not in done.err
    assert {path: path.stat().st_mtime_ns for path in files.iterdir()} == before


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["repant"], "repeat"),
        (["info", "missing.png"], "missing.png"),
        (["repeat", "missing.png"], "missing.png"),
        (["repeat", "photo.png"], "holds no settings"),
        (["models", "fetch", "vgg91"], "vgg19"),
        (["demo", "-o", "photo.png"], "photo.png"),
        (["demo", "--photograph", "dog"], "cat"),
        (["demo", "--painting", "swirl"], "swirls"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_other_commands_answer_alike(impasto, files, monkeypatch, arguments, hint):
    monkeypatch.chdir(files)
    done = impasto(*arguments)
    assert done.code == 2, done.err
    assert done.err.count("\n") == 1
    assert hint in done.err


def test_an_error_inside_is_one_sentence_and_keeps_the_picture_so_far(impasto, files, monkeypatch):
    real = loop.accept

    def failing(state, at):
        if state.iteration == 3:
            raise RuntimeError("broken")
        return real(state, at)

    monkeypatch.chdir(files)
    monkeypatch.setattr(loop, "accept", failing)
    done = impasto(
        "paint", "photo.png", "painting.jpg", "-o", "out.png", "--size", 32, "--backbone=pocket"
    )
    assert done.code == 1
    assert done.err.endswith("internal error, RuntimeError: broken (IMPASTO_DEBUG=1 shows where)\n")
    assert dimensions(files / "out.png") == (32, 24)
    assert Recipe.of_picture(files / "out.png").settings.plan == ((32, 2),)
