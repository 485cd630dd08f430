"""Clips out."""

from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from impasto.errors import PictureError
from impasto.video.films import check_film, write_clip
from impasto.video.opening import open_source
from impasto.video.tracks import left_out
from impasto.video.workshop import Timing
from tests.support.clips import (
    heard,
    panning,
    shown,
    texture,
    with_subtitles,
    write_film,
    write_pictures,
)

TIMES = (0, 40, 130, 170)


def timing(end: int = 210, times: tuple[int, ...] = TIMES) -> Timing:
    return Timing(1, 1000, times, end, 0)


@pytest.fixture
def frames(tmp_path):
    folder = write_pictures(tmp_path / "painted", panning(50, 34))
    return sorted(folder.iterdir())


@pytest.fixture
def source(tmp_path):
    return open_source(write_film(tmp_path / "in.mp4", panning(), TIMES, sound="aac"))


@pytest.mark.parametrize(("suffix", "most"), [(".mp4", 3), (".mov", 3), (".webm", 4), (".mkv", 0)])
def test_a_film_has_the_colors_and_times_of_its_frames(tmp_path, frames, source, suffix, most):
    out = tmp_path / f"out{suffix}"
    write_clip(out, frames, timing(), source, sound=False, whole=True)
    found = shown(out)
    assert [at for at, _ in found] == pytest.approx([time / 1000 for time in TIMES], abs=1e-3)
    for (_, rgb), frame in zip(found, panning(50, 34), strict=True):
        assert rgb.shape == frame.shape
        assert np.abs((rgb.astype(float) - frame).mean(axis=(0, 1))).max() <= most
    assert [path.name for path in tmp_path.iterdir() if "impasto" in path.name] == []


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_the_sound_is_that_of_the_source_packet_by_packet(tmp_path, frames, source, suffix):
    out = tmp_path / f"out{suffix}"
    write_clip(out, frames, timing(), source, sound=True, whole=True)
    assert heard(out) == heard(source.path) != []


def test_a_part_has_the_sound_of_that_part(tmp_path, frames, source):
    out = tmp_path / "out.mp4"
    write_clip(out, frames[:2], timing(170, (130, 150)), source, sound=True, whole=False)
    assert [at for at, _ in shown(out)] == pytest.approx([0, 0.02])
    assert 1 <= len(heard(out)) <= 3
    assert set(heard(out)) < set(heard(source.path))


def test_odd_sides_are_continued_by_a_pixel(tmp_path, source):
    picture = texture(47, 31, 1)
    frames = sorted(write_pictures(tmp_path / "odd", [picture]).iterdir())
    write_clip(tmp_path / "o.mp4", frames, timing(40, (0,)), source, sound=False, whole=True)
    write_clip(tmp_path / "o.mkv", frames, timing(40, (0,)), source, sound=False, whole=True)
    assert shown(tmp_path / "o.mp4")[0][1].shape == (32, 48, 3)
    assert np.array_equal(shown(tmp_path / "o.mkv")[0][1], picture)


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".apng"])
def test_moving_pictures_last_as_long_as_the_clip(tmp_path, frames, source, suffix):
    out = tmp_path / f"out{suffix}"
    write_clip(out, frames, timing(), source, sound=True, whole=True)
    with Image.open(out) as film:
        assert film.n_frames == 4
        lengths = []
        for index in range(4):
            film.seek(index)
            film.load()
            lengths.append(film.info["duration"])
    assert lengths[:3] == pytest.approx([40, 90, 40])
    if suffix != ".webp":  # whose encoder shows the last one as long as the others on average
        assert lengths[3] == pytest.approx(40)


def test_what_rounding_takes_from_one_frame_goes_to_the_next():
    thirds = Timing(1, 30, tuple(range(3, 33)), 33, 0)
    found = thirds.from_zero().counted_in(Fraction(1, 100))
    assert set(found.lengths) == {3, 4}
    assert sum(found.lengths) == 100
    assert found.seconds == thirds.seconds == 1


def test_a_folder_has_the_frames_as_they_are(tmp_path, frames, source):
    out = tmp_path / "out"
    write_clip(out, frames, timing(), source, sound=True, whole=True)
    names = [f"{number:06}.png" for number in range(1, 5)]
    assert sorted(path.name for path in out.iterdir()) == names
    assert (out / "000002.png").read_bytes() == frames[1].read_bytes()
    with pytest.raises(PictureError, match="is there already"):
        check_film(out, source, sound=True)
    check_film(out, source, sound=True, going_on=True)  # as after an interruption
    write_clip(out, frames[:3], timing(), source, sound=True, whole=True)
    assert sorted(path.name for path in out.iterdir()) == names[:3]
    (out / "mine.txt").write_text("not a frame")
    with pytest.raises(PictureError, match="is there already"):
        check_film(out, source, sound=True, going_on=True)


def test_a_sound_that_a_film_cannot_hold_is_found_before_the_work(tmp_path, source):
    with pytest.raises(PictureError, match=r"is aac, which a \.webm cannot hold .* --no-sound"):
        check_film(tmp_path / "out.webm", source, sound=True)
    check_film(tmp_path / "out.webm", source, sound=False)
    check_film(tmp_path / "out.mkv", source, sound=True)
    with pytest.raises(PictureError, match="wrong extension"):
        check_film(tmp_path / "out.png", source, sound=True)


def test_a_timing_knows_lengths_and_parts():
    whole = timing()
    assert whole.lengths == (40, 90, 40, 40)
    assert whole.first(2).lengths == (40, 90)
    assert whole.first(4) == whole
    assert whole.base == Fraction(1, 1000)


def tracks_of(path):
    """Return language and packets of a film's subtitles, and titles and times of its chapters."""
    import av

    with av.open(str(path)) as film:
        languages = [each.metadata.get("language") for each in film.streams.subtitles]
        packets = list(film.demux(subtitles=0)) if languages else []
        texts = [
            (bytes(each).decode(), round(1000 * each.pts * each.time_base))
            for each in packets
            if each.dts is not None
        ]
        chapters = [
            (each["metadata"]["title"], *(round(1000 * each[end] * each["time_base"])
                                          for end in ("start", "end")))
            for each in film.chapters()
        ]  # fmt: skip
    return languages, texts, chapters


def test_subtitles_and_chapters_are_those_of_the_source(tmp_path, frames):
    source = open_source(with_subtitles(tmp_path / "in.mkv", tmp_path))
    out = tmp_path / "out.mkv"
    write_clip(out, frames, timing(), source, sound=True, whole=True)
    texts = [("one", 0), ("two", 130)]
    chapters = [("first", 0, 100), ("second", 100, 210)]
    assert tracks_of(out) == tracks_of(source.path) == (["ger"], texts, chapters)

    # a part has those of that part
    write_clip(out, frames[1:], timing(210, TIMES[1:]), source, sound=True, whole=False)
    assert tracks_of(out) == (["ger"], [("two", 90)], [("first", 0, 60), ("second", 60, 170)])


def test_subtitles_that_a_film_cannot_hold_are_left_out_with_a_sentence(tmp_path, frames):
    source = open_source(with_subtitles(tmp_path / "in.mkv", tmp_path))
    out = tmp_path / "out.mp4"
    write_clip(out, frames, timing(), source, sound=True, whole=True)
    assert tracks_of(out) == ([], [], [("first", 0, 100), ("second", 100, 210)])
    assert "are subrip, which a .mp4 cannot hold as they are, and are left out: write a .mkv" in (
        left_out(source, ".mp4")
    )
    assert left_out(source, ".mkv") == left_out(source, ".gif") == left_out(source, "") == ""


def test_a_film_has_the_title_of_its_source_and_a_recipe_of_its_own(tmp_path, frames):
    source = open_source(with_subtitles(tmp_path / "in.mkv", tmp_path))
    for recipe in ("{}", None):
        out = tmp_path / "out.mkv"
        write_clip(out, frames, timing(), source, sound=True, whole=True, recipe=recipe)
        with source.opened() as (given, _), open_source(out).opened() as (film, _):
            told = {name.lower(): text for name, text in film.metadata.items()}
            assert given.metadata["COMMENT"] == "about the source"
        assert told["title"] == "two words"
        assert told.get("comment") == recipe
