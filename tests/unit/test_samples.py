"""The sample pictures: every row has its file, and the paintings can be painted again."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from artwork import paint
from PIL import Image

from impasto import samples
from impasto.errors import UnknownName
from tests.support.clips import heard, shown

PICTURES = [(samples.photograph, name) for name in samples.PHOTOGRAPHS]
PICTURES += [(samples.painting, name) for name in samples.PAINTINGS]


@pytest.mark.parametrize(("find", "name"), PICTURES)
def test_every_row_has_a_readable_picture(find: Callable[[str], Path], name: str) -> None:
    with Image.open(find(name)) as picture:
        picture.load()
        assert picture.mode == "RGB"
        assert 300 <= min(picture.size) <= max(picture.size) <= 1000


@pytest.mark.parametrize("folder", ["photographs", "paintings"])
def test_every_picture_has_a_row(folder: str) -> None:
    table = samples.PHOTOGRAPHS if folder == "photographs" else samples.PAINTINGS
    files = (Path(samples.__file__).parent / folder).iterdir()
    assert sorted(file.stem for file in files) == sorted(table)


def test_the_pictures_stay_small() -> None:
    def total(find: Callable[[str], Path], names: dict[str, str]) -> int:
        return sum(find(name).stat().st_size for name in names)

    assert total(samples.photograph, samples.PHOTOGRAPHS) < 600_000
    assert total(samples.painting, samples.PAINTINGS) < 1_600_000
    assert total(samples.sound, samples.SOUNDS) < 200_000
    assert total(samples.clip, samples.CLIPS) < 300_000


def test_no_painting_has_large_empty_areas() -> None:
    for name in samples.PAINTINGS:
        with Image.open(samples.painting(name)) as picture:
            gray = np.asarray(picture.convert("L"), float)
        tiles = gray[:640, :800].reshape(8, 80, 10, 80)
        assert tiles.std(axis=(1, 3)).min() > 3.0, name


@pytest.mark.parametrize("find", [samples.photograph, samples.painting])
def test_an_unknown_name_is_refused_with_a_suggestion(find: Callable[[str], Path]) -> None:
    near = "astronout" if find is samples.photograph else "swirl"
    with pytest.raises(UnknownName, match=f"unknown sample .*'{near}': did you mean"):
        find(near)


def test_every_painting_has_its_program() -> None:
    assert list(paint.WORKS) == list(samples.PAINTINGS)


def test_painting_is_deterministic_and_resembles_the_stored_picture() -> None:
    first, second = (paint.render("woodcut", width=80) for _ in range(2))
    assert first.shape == (64, 80, 3)
    assert first.dtype == np.uint8
    np.testing.assert_array_equal(first, second)
    with Image.open(samples.painting("woodcut")) as picture:
        stored = np.asarray(picture.resize((8, 6), Image.Resampling.BOX), float)
    small = np.asarray(Image.fromarray(first).resize((8, 6), Image.Resampling.BOX), float)
    assert np.abs(small - stored).mean() < 25.0


def test_the_command_paints_into_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(paint, "render", lambda name: np.full((4, 5, 3), 128, np.uint8))
    paint.main(["--only", "ink", "-o", str(tmp_path / "new")])
    assert capsys.readouterr().out.split() == [str(tmp_path / "new" / "ink.jpg")]
    with Image.open(tmp_path / "new" / "ink.jpg") as picture:
        assert picture.size == (5, 4)


def test_looking_up_a_sample_needs_neither_torch_nor_numpy() -> None:
    code = "import sys, impasto.samples; print({'torch', 'numpy', 'PIL'} & set(sys.modules))"
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "set()"


def test_the_clip_plays_with_its_sound():
    frames, sound = shown(samples.clip("cup")), heard(samples.clip("cup"))
    assert (len(frames), frames[0][1].shape) == (24, (256, 384, 3))
    assert [at for at, _ in frames] == pytest.approx([index / 12 for index in range(24)], abs=1e-3)
    assert len(sound) > 80
