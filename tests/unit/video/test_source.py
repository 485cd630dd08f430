"""Clips in."""

import numpy as np
import pytest
from PIL import Image

from impasto.errors import PictureError
from impasto.video.opening import open_source
from tests.support.clips import panning, write_film, write_pictures

RED = np.full((32, 48, 3), (200, 40, 30), np.uint8)


def levels(shown) -> np.ndarray:
    return np.rint(shown.rgb * 255)


def test_a_film_has_its_frames_with_their_times(tmp_path):
    frames, times = panning(count=5), [0, 40, 130, 170, 300]
    source = open_source(write_film(tmp_path / "a.mp4", frames, times))
    assert (source.width, source.height, source.bits) == (48, 32, 8)
    found = list(source.frames())
    assert [float(each.at * source.time_base) for each in found] == pytest.approx(
        [time / 1000 for time in times]
    )
    errors = [np.abs(levels(a) - b).mean() for a, b in zip(found, frames, strict=True)]
    assert max(errors) < 12  # half of the colors are stored
    gray = [np.abs((levels(a) - b).mean()) for a, b in zip(found, frames, strict=True)]
    assert max(gray) < 2


@pytest.mark.parametrize("matrix", [1, 5, 2])
def test_colors_are_those_that_the_tag_means(tmp_path, matrix):
    tags = {} if matrix == 2 else {"colorspace": matrix}
    source = open_source(write_film(tmp_path / "a.mp4", [RED] * 2, **tags))
    assert np.abs(levels(next(source.frames())) - RED).max() <= 3


def test_ten_bits_are_more_than_eight(tmp_path):
    film = write_film(tmp_path / "a.mp4", [RED] * 2, pixels="yuv420p10le")
    source = open_source(film)
    assert source.bits == 16
    assert np.abs(levels(next(source.frames())) - RED).max() <= 3


def test_a_turned_film_is_upright(tmp_path):
    frame = panning()[0]
    source = open_source(write_film(tmp_path / "a.mp4", [frame] * 2, rotation=90))
    shown = next(source.frames()).rgb
    assert (source.width, source.height) == (32, 48)
    assert shown.shape == (48, 32, 3)
    assert np.abs(np.rint(shown * 255).mean(axis=2) - np.rot90(frame).mean(axis=2)).mean() < 3


def test_pixels_that_are_not_square_count_by_how_they_are_shown(tmp_path):
    import av

    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as film:
        stream = film.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 48, 32, "yuv420p"
        stream.codec_context.sample_aspect_ratio = 2
        film.mux(stream.encode(av.VideoFrame.from_ndarray(RED, "rgb24")))
        film.mux(stream.encode())
    source = open_source(path)
    assert (source.width, source.height) == (96, 32)


def test_an_hdr_film_is_refused(tmp_path):
    film = write_film(
        tmp_path / "a.mp4", [RED] * 2, pixels="yuv420p10le", color_trc=16, color_primaries=9
    )
    with pytest.raises(PictureError, match="is an HDR clip \\(PQ\\)"):
        open_source(film)


def test_a_gif_is_a_clip(tmp_path):
    frames = [Image.fromarray(frame) for frame in panning(count=3)]
    path = tmp_path / "a.gif"
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=[100, 200, 50])
    source = open_source(path)
    found = [float(each.at * source.time_base) for each in source.frames()]
    assert found == pytest.approx([0, 0.1, 0.3])


def test_later_frames_are_found_without_those_before(tmp_path):
    source = open_source(write_film(tmp_path / "a.mp4", panning(count=6)))
    found = [float(each.at * source.time_base) for each in source.frames(start=0.12)]
    assert found[-3:] == pytest.approx([0.12, 0.16, 0.2])


def test_pictures_are_in_the_order_of_their_numbers(tmp_path):
    frames = panning(count=11)
    folder = write_pictures(tmp_path / "in", frames)
    (folder / "notes.txt").write_text("no picture")
    for clip in (folder, folder / "%d.png", folder / "*.png"):
        source = open_source(clip, rate=50)
        assert source.expected == 11
        found = list(source.frames())
        assert np.array_equal(levels(found[9]), frames[9])
        assert found[9].at * source.time_base == pytest.approx(9 / 50)


def test_pictures_of_another_size_are_no_frames(tmp_path):
    folder = write_pictures(tmp_path / "in", panning())
    Image.fromarray(RED[:16]).save(folder / "9.png")
    with pytest.raises(PictureError, match="all frames must have one size"):
        list(open_source(folder).frames())


@pytest.mark.parametrize("name", ["nothing.mp4", "text.mp4", "empty", "sound.m4a"])
def test_what_is_no_clip_is_refused_in_a_sentence(tmp_path, name):
    import av

    (tmp_path / "text.mp4").write_text("no film " * 100)
    (tmp_path / "empty").mkdir()
    with av.open(str(tmp_path / "sound.m4a"), "w") as film:
        tone = film.add_stream("aac", rate=48000)
        part = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        part.sample_rate = 48000
        film.mux(tone.encode(part))
        film.mux(tone.encode())
    with pytest.raises(PictureError, match=r"'.*" + name):
        open_source(tmp_path / name)


def test_a_film_that_is_cut_off_says_where(tmp_path):
    path = write_film(tmp_path / "a.mp4", panning(96, 64, count=12))
    whole = path.read_bytes()
    path.write_bytes(whole[: 9 * len(whole) // 10])
    source = open_source(path)
    with pytest.raises(PictureError, match=r"damaged after 0\.\d\d seconds .* with --to 0\.\d\d"):
        list(source.frames())
