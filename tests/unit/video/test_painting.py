"""A clip painted as one."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import impasto
from impasto import images
from impasto.errors import PictureError, SettingsError
from impasto.settings import ClipSettings, Settings, evaluations_of
from impasto.video import Clip, ClipPainter, flicker
from impasto.video.motion import Motion
from impasto.video.painting import Neighbor, start_of
from tests.support.clips import as_rgb, moving_square, panning, shown, texture, write_pictures

FAST = {
    **{"backbone": "pocket", "size": 48, "levels": 1, "iterations": 3, "precision": "float32"},
    **{"content_layers": "relu2_1", "style_layers": "relu1_1,relu2_1", "threads": 1},
}

"""Shallow layers, which take the least time."""

DEEP = {"content_layers": None, "style_layers": None, "iterations": 8}
"""The usual layers: what they see jumps as things move, and frames painted alone flicker."""


@pytest.fixture
def clip_of(tmp_path, painting):
    """A function that checks a clip of some frames, each time under another name."""
    made = []

    def clip(frames, how: ClipSettings | None = None, **settings) -> Clip:
        made.append(write_pictures(tmp_path / f"in-{len(made)}", frames))
        output = tmp_path / f"out-{len(made)}.mkv"
        chosen = Settings(**{**FAST, **settings})
        return Clip.check(made[-1], [painting], chosen, how or ClipSettings(), output)

    return clip


def paint(clip: Clip) -> ClipPainter:
    painter = clip.begin(clip.folder)
    for _ in painter.paint():
        pass
    return painter


def painted(painter: ClipPainter) -> list[np.ndarray]:
    return [images.read(path).rgb for path in painter.workshop.latest(painter.how.sweeps)]


def alone(frames, painting, **settings) -> list[np.ndarray]:
    """Each frame painted by itself."""
    return [
        impasto.stylize(frame, painting, **{**FAST, **settings}).rgb for frame in as_rgb(frames)
    ]


def test_a_clip_flickers_less_than_half_as_much_as_frames_painted_alone(clip_of, painting):
    frames = moving_square(count=3)
    as_one = painted(paint(clip_of(frames, **DEEP)))
    apart = alone(frames, painting, **DEEP)
    photographs = as_rgb(frames)
    assert flicker(photographs, as_one) < flicker(photographs, apart) / 2
    # It is painted all the same, and no longer the photograph.
    assert np.abs(as_one[-1] - photographs[-1]).mean() > 0.05


def test_what_is_still_stays_as_it_is(clip_of):
    frames = [texture(48, 32, 4)] * 5
    found = painted(paint(clip_of(frames, iterations=6)))
    for before, after in pairwise(found):
        assert np.abs(after - before).mean() <= 1 / 255
    drift = np.abs(found[-1].mean(axis=(0, 1)) - found[0].mean(axis=(0, 1)))
    assert drift.max() <= 0.01


def test_specks_are_taken_out_where_nothing_is_trusted_and_only_there():
    carried = np.full((16, 24, 3), 0.5, np.float32)
    carried[:, :12] += 0.2  # an edge stays
    carried[4, 4] = carried[4, 20] = 1
    trust = np.zeros((16, 24), np.float32)
    trust[:, 12:] = 1
    flow, zeros = np.zeros((16, 24, 2), np.float32), np.zeros_like(trust)
    moved = Motion(flow, trust, zeros, np.ones_like(trust))
    start = start_of([Neighbor("temporal -1", moved, carried)])
    assert start[4, 4] == pytest.approx(0.7)
    assert np.array_equal(start[:, 12:], carried[:, 12:])
    assert np.abs(start[:, :12] - 0.7).max() < 1e-6


def test_after_a_cut_a_frame_is_painted_as_if_it_were_the_first(clip_of):
    second = [texture(48, 32, 9)] * 2
    both = painted(paint(clip_of([*panning(count=2), *second])))
    only = painted(paint(clip_of(second)))
    assert np.abs(both[2] - only[0]).max() <= 1 / 255
    assert np.abs(both[3] - only[1]).max() <= 1 / 255


def test_a_painting_that_was_left_goes_on_to_the_same_bytes(clip_of):
    frames = panning(count=4)
    whole = paint(clip_of(frames)).workshop
    clip = clip_of(frames)
    for frame in clip.begin(clip.folder).paint():
        if frame.index == 2 and not frame.is_finished:
            break  # as if killed: the frames before it are there
    assert clip.begin(clip.folder).workshop.latest(1) == [
        clip.folder / "painted-1" / f"{number:06}.png" for number in (1, 2)
    ]
    gone_on = paint(clip).workshop
    for one, other in zip(whole.latest(1), gone_on.latest(1), strict=True):
        assert one.read_bytes() == other.read_bytes()


def test_who_stops_leaves_the_frame_in_work(clip_of):
    clip = clip_of(panning())
    painter, seen = clip.begin(clip.folder), []
    for frame in painter.paint(stop=lambda: len(seen) == 5):
        seen.append(frame)
    assert len(painter.workshop.latest(1)) == 1
    assert clip.write(painter) == 1
    assert len(shown(clip.output)) == 1
    assert clip.folder.is_dir()


def test_a_second_sweep_goes_backward_and_a_loop_closes(clip_of):
    frames = [np.roll(texture(48, 32, 3), -12 * index, axis=1) for index in range(4)]
    clip = clip_of(frames, ClipSettings(loop=True))
    assert clip.how.sweeps == 2
    painter = clip.begin(clip.folder)
    order = [(each.sweep, each.index) for each in painter.paint() if each.is_finished]
    assert order == [*((1, index) for index in range(4)), *((2, 3 - index) for index in range(4))]
    assert not (clip.folder / "painted-1").exists()
    assert clip.write(painter) == 4
    assert not clip.folder.exists()
    assert len(shown(clip.output)) == 4


def test_temporal_terms_are_terms_like_all_others(clip_of):
    clip = clip_of(panning(count=5))
    parts = {}
    for frame in clip.begin(clip.folder).paint():
        parts[frame.index] = frame.result.last.parts
    names = {index: [name for name in each if "temporal" in name] for index, each in parts.items()}
    assert names == {
        0: [],
        1: ["temporal -1"],
        2: ["temporal -1", "temporal -2"],
        3: ["temporal -1", "temporal -2"],
        4: ["temporal -1", "temporal -2", "temporal -4"],
    }
    without = clip_of(panning(count=2), ClipSettings(temporal_weight=0))
    for frame in without.begin(without.folder).paint():
        assert not any("temporal" in name for name in frame.result.last.parts)


def test_frames_in_the_photograph_s_colors_are_carried_on_as_the_network_sees_them(clip_of):
    clip = clip_of(panning(count=2), color="luminance")
    workshop = paint(clip).workshop
    raw, shown_ = workshop.raw(1, 0), images.read(workshop.painted(1, 0)).rgb
    assert np.abs(raw - raw.mean(axis=2, keepdims=True)).max() <= 1 / 255
    assert np.abs(shown_ - shown_.mean(axis=2, keepdims=True)).max() > 0.1
    assert [path.name for path in workshop.latest(1)] == ["000001.png", "000002.png"]


@pytest.mark.parametrize(
    ("how", "times"),
    [
        ({"start": 0.08}, [0.08, 0.12, 0.16]),
        ({"start": "0:00.04", "end": 0.12}, [0.04, 0.08]),
        ({"every": 2}, [0, 0.08, 0.16]),
        ({"frames": 2}, [0, 0.04]),
        ({"start": 0.04, "every": 3, "frames": 1}, [0.04]),
    ],
)
def test_a_part_of_a_clip_is_chosen_by_time_and_number(clip_of, how, times):
    clip = clip_of(panning(count=5), ClipSettings(**how))
    timing = clip.begin(clip.folder).workshop.timing
    assert [float(at * timing.base) for at in timing.times] == pytest.approx(times)
    assert set(timing.lengths) <= {how.get("every", 1), 1}


@pytest.mark.parametrize(
    ("settings", "evaluations"),
    [
        ({"backbone": "pocket"}, 35),
        ({"backbone": "vgg19"}, 30),
        ({"backbone": "vgg19", "iterations": 5}, 5),
    ],
)
def test_a_frame_has_the_evaluations_of_a_picture_or_enough(settings, evaluations):
    assert evaluations_of(Settings(**settings)) == evaluations


def test_times_without_a_frame_are_refused(clip_of):
    clip = clip_of(panning(), ClipSettings(start=9))
    with pytest.raises(PictureError, match="has no frame between the times given"):
        clip.begin(clip.folder)
    assert not clip.folder.exists()


def test_frames_of_another_command_are_left_alone(clip_of):
    clip = clip_of(panning(count=2))
    photograph = clip.folder / "photographs" / "000001.png"
    clip.begin(clip.folder)
    other = Clip.check(clip.source.path, clip.styles, clip.settings.replace(size=32), clip.how,
                       clip.output)  # fmt: skip
    other.begin(other.folder)  # nothing was painted yet
    assert images.read(photograph).rgb.shape == (21, 32, 3)
    paint(clip)
    with pytest.raises(PictureError, match="holds the frames of another command"):
        other.begin(other.folder)
    assert images.read(photograph).rgb.shape == (32, 48, 3)
    Path(clip.folder / "clip.json").write_text("{")
    with pytest.raises(PictureError, match="cannot be read: delete the folder"):
        clip.begin(clip.folder)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"temporal_weight": -1}, "temporal_weight is -1: it must be"),
        ({"sweeps": 0}, "sweeps is 0: it must be from 1 to 20"),
        ({"start": "soon"}, "start is 'soon': it must be a time like 12.5 or 1:05.5"),
        ({"start": 3, "end": 2}, "the end must be later than the start"),
    ],
)
def test_wrong_values_are_named(values, said):
    with pytest.raises(SettingsError, match=said):
        ClipSettings(**values)


@pytest.mark.parametrize("name", ["balance", "keep_alpha", "protect_faces"])
def test_settings_of_pictures_are_refused(clip_of, name):
    with pytest.raises(SettingsError, match=f"{name} is for pictures and a clip is given"):
        clip_of(panning(), **{name: True})


def test_a_disk_that_is_too_small_is_found_before_the_work(clip_of, monkeypatch):
    import shutil

    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10, 9, 1))
    with pytest.raises(PictureError, match="GiB are free: make room"):
        clip_of(panning())


def test_python_gets_frames_as_they_are_finished(tmp_path, painting):
    folder = write_pictures(tmp_path / "in", panning())
    found = [frame.result.image.size for frame in impasto.stylize_video(folder, painting, **FAST)]
    assert found == [(48, 32)] * 4
    out = tmp_path / "out.mkv"
    frames = impasto.stylize_video(folder, painting, out, frames=2, **FAST)
    assert [(frame.sweep, frame.index) for frame in frames] == [(1, 0), (1, 1)]
    assert len(shown(out)) == 2
    with pytest.raises(impasto.UsageError, match="unknown argument 'sweep'"):
        impasto.stylize_video(folder, painting, sweep=2)
