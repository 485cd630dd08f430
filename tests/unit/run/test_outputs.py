"""What a run writes besides its picture: logs, curves, films, snapshots, events."""

import csv
import errno
import json
import os
import re
import subprocess
import sys
import threading
from collections import deque
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from impasto.errors import PictureError, SettingsError
from impasto.extras import install
from impasto.job.prepare import prepare
from impasto.run.curves import draw_curves
from impasto.run.logs import LogFile
from impasto.run.outputs import Outputs
from impasto.run.recorder import Guarded, Recorder
from impasto.run.result import Result
from impasto.run.run import run as steps
from impasto.run.snapshots import check_space, snapshot_path
from impasto.run.timelapse import (
    FILMS,
    FRAMES,
    HOLD,
    MOST_KEPT,
    Frame,
    Timelapse,
    oklab,
    pace,
    thin,
)
from impasto.settings import Settings
from impasto.transfer import paint
from tests.support.steps import step

SETTINGS = Settings(size=40, plan="20:5,40:5", precision="float32", backbone="pocket")


@pytest.fixture
def job(photograph, painting):
    return prepare(photograph, painting, SETTINGS)


def run(job, out, complaints=None, **wanted):
    said = [] if complaints is None else complaints
    (result,) = deque(steps(job, Outputs(**wanted).recorders(out, said.append)), maxlen=1)
    assert said == [] or complaints is not None
    return result


def test_a_log_has_every_named_loss_of_every_evaluation(job, tmp_path):
    painted = run(job, tmp_path / "o.png", log=tmp_path / "o.csv")
    with (tmp_path / "o.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(painted.history) == 10
    for row, record in zip(rows, painted.history, strict=True):
        assert int(row["index"]) == record.index
        assert float(row["total"]) == record.total
        assert {name: float(row[name]) for name in record.parts} == record.parts
    run(job, tmp_path / "o.png", log=tmp_path / "o.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "o.jsonl").read_text().splitlines()]
    assert [line["index"] for line in lines] == list(range(1, 11))
    assert set(lines[0]["parts"]) == set(painted.history[0].parts)


def test_a_zoomable_picture_is_written_at_the_end(job, tmp_path):
    painted = run(job, tmp_path / "o.png", deepzoom=tmp_path / "zoom")
    assert "o.png" in (tmp_path / "zoom" / "index.html").read_text("utf-8")
    with Image.open(tmp_path / "zoom" / "tiles_files" / "6" / "0_0.jpg") as tile:
        assert tile.size == painted.image.size
    said = []
    (tmp_path / "zoom" / "more").touch()
    run(job, tmp_path / "o.png", said, deepzoom=tmp_path / "zoom")
    assert "is no zoomable picture" in said[0]
    with pytest.raises(PictureError, match="is no zoomable picture"):
        Outputs(deepzoom=tmp_path / "zoom").check(tmp_path / "out.png", [], 10)


def test_a_log_is_on_disk_before_the_run_ends_and_begins_with_an_earlier_run(tmp_path):
    made = [step(i, total=1.0 / i, parts={"tv": 1.0 / i}, seconds=0.1 * i) for i in range(1, 4)]
    log = LogFile(tmp_path / "o.csv")
    log.begin(SimpleNamespace(history=made[:2]))
    log.add(made[2])
    assert len((tmp_path / "o.csv").read_text().splitlines()) == 4
    log.close(finished=False)


def test_curves_are_a_picture_and_the_same_every_time(job, tmp_path):
    painted = run(job, tmp_path / "o.png", curve=tmp_path / "o-curve.png")
    with Image.open(tmp_path / "o-curve.png") as picture:
        assert picture.size == (960, 540)
    assert draw_curves(painted.history) == draw_curves(painted.history)
    assert (tmp_path / "o-curve.png").read_bytes() == draw_curves(painted.history)


def test_events_can_be_read_back(job, tmp_path):
    painted = run(job, tmp_path / "o.png", tensorboard=tmp_path / "events")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(tmp_path / "events")).Reload()
    scalars = events.Scalars("loss/total")
    assert [s.step for s in scalars] == list(range(1, 11))
    assert [s.value for s in scalars] == pytest.approx([r.total for r in painted.history], rel=1e-6)
    assert len(events.Images("picture")) == 2  # where each size ends
    assert [s.value for s in events.Scalars("hparam/loss")] == pytest.approx([scalars[-1].value])
    begun = events.summary_metadata["_hparams_/session_start_info"].plugin_data.content
    assert b"style_weight" in begun
    assert len(list((tmp_path / "events").iterdir())) == 1  # no run of its own beside the run


def test_events_that_do_not_fit_are_told_in_one_sentence(job, tmp_path, monkeypatch, capfd):
    from tensorboard.summary.writer.record_writer import RecordWriter

    written = []

    def full(self, data):
        written.append(data)
        if len(written) > 3:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    usual = threading.excepthook
    monkeypatch.setattr(RecordWriter, "write", full)
    said = []
    run(job, tmp_path / "o.png", said, tensorboard=tmp_path / "events")
    assert [sentence for sentence in said if "No space left" in sentence] == said != []
    assert capfd.readouterr().err == ""
    assert threading.excepthook is usual


def test_snapshots_are_numbered_pictures_with_their_recipes(job, tmp_path):
    from impasto.job.recipe import Recipe

    out = tmp_path / "o.png"
    run(job, out, snapshot_every=4)
    assert sorted(file.name for file in tmp_path.glob("o*")) == [
        *("o-000004.png", "o-000008.png", "o.png.checkpoint.safetensors"),
    ]
    assert Recipe.of_picture(snapshot_path(out, 4)).settings.plan == ((20, 4),)
    assert Recipe.of_picture(snapshot_path(out, 8)).settings.plan == ((20, 5), (40, 3))
    with Image.open(snapshot_path(out, 4)) as early:
        assert early.size == (40, 30)  # at the size asked for


def test_a_checkpoint_that_does_not_fit_on_the_disk_is_refused(job, tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=10_000))
    with pytest.raises(PictureError, match=r"checkpoints beside .* need .* GiB"):
        check_space(job, tmp_path / "o.png")


@pytest.mark.parametrize("suffix", FILMS)
@pytest.mark.parametrize("numbers", [False, True])
def test_a_film_begins_with_the_start_and_ends_with_the_picture(job, tmp_path, suffix, numbers):
    path = tmp_path / f"o{suffix}"
    painted = run(job, tmp_path / "o.png", animate=path, frame_numbers=numbers)
    shown = frames(path)
    assert {frame.shape for frame in shown} == {(30, 40, 3)}
    start = job.content_at(40)
    top = slice(0, 12)  # above the numbers
    assert np.abs(shown[0][top] - start[top]).mean() < 0.06
    assert np.abs(shown[-1][top] - painted.rgb[top]).mean() < 0.06
    assert np.abs(shown[0] - shown[-1]).mean() > 0.08


@pytest.mark.parametrize(("every", "count"), [(2, 5), (3, 3), (100, 1)])
def test_a_film_may_have_exactly_one_frame_every_so_many_evaluations(job, tmp_path, every, count):
    path = tmp_path / "o.gif"
    painted = run(job, tmp_path / "o.png", animate=path, frame_every=every, frame_numbers=True)
    assert painted.evaluations == 10
    assert len(frames(path)) == count


def test_a_film_of_a_run_with_nothing_left_shows_the_picture(job, tmp_path):
    painted = run(job, tmp_path / "o.png")
    film = Timelapse(tmp_path / "o.gif")
    film.begin(painted)
    film.close(finished=True)
    (shown,) = frames(film.path)
    assert np.abs(shown - painted.rgb).mean() < 0.06


def frames(path):
    if path.suffix == ".mp4":
        import av

        with av.open(str(path)) as film:
            found = [frame.to_ndarray(format="rgb24") / 255 for frame in film.decode(video=0)]
        assert len(found) == FRAMES + HOLD
        return found
    with Image.open(path) as film:
        found = []
        for number in range(film.n_frames):
            film.seek(number)
            found.append(np.asarray(film.convert("RGB")) / 255)
    return found


def test_the_pace_is_even():
    places = np.concatenate([np.linspace(0, 9, 40), np.linspace(9.05, 10, 200)]).tolist()
    shown = [places[index] for index in pace(places, 50)]
    assert shown[0] == 0
    assert shown[-1] == 10
    assert np.abs(np.array(shown) - np.linspace(0, 10, 50)).max() < 0.25
    assert pace([0.0], 3) == [0, 0, 0]
    assert pace([0.0, 0.0, 0.0], 2)[-1] == 2


def test_frames_are_thinned_where_they_are_dense_and_their_number_is_bounded():
    kept: list[Frame] = []
    for number in range(1000):
        kept.append(Frame(b"", number, 10 * (1 - 0.99**number)))
        if len(kept) > 20:
            thin(kept)
    places = [frame.place for frame in kept]
    assert (len(kept), kept[0].evaluation, kept[-1].evaluation) == (20, 0, 999)
    assert max(np.diff(places)) < 4 * (places[-1] - places[0]) / 20
    assert MOST_KEPT > FRAMES


def test_frames_that_show_nothing_new_are_not_kept(job, tmp_path):
    film, painted = Timelapse(tmp_path / "o.gif"), Result(job)
    film.begin(painted)
    for each in paint(job, painted.state):
        painted.add(each)
        film.add(each)
        film.add(each)
    improved = sum(
        record.total < min((r.total for r in painted.history[:n] if r.size == record.size),
                           default=np.inf)
        for n, record in enumerate(painted.history)
    )  # fmt: skip
    assert len(film.frames) == improved
    assert all(a.place <= b.place for a, b in zip(film.frames, film.frames[1:], strict=False))


def test_oklab_knows_white_black_and_gray():
    lab = oklab(np.array([[[0, 0, 0], [1, 1, 1], [0.5, 0.5, 0.5]]], np.float32))[0]
    assert lab[:, 0] == pytest.approx([0, 1, 0.598], abs=1e-3)
    assert np.abs(lab[:, 1:]).max() < 1e-3
    red = oklab(np.array([[[1, 0, 0]]], np.float32))[0, 0]
    assert red == pytest.approx([0.628, 0.225, 0.126], abs=1e-3)  # as published


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"animate": "o.avi"}, "must be one of .gif, .webp, .mp4"),
        ({"log": "o.txt"}, r"must be one of \.csv, \.jsonl"),
        ({"curve": "o.jpg"}, r"must be one of \.png"),
        ({"curve": "out.png"}, "another file of this run"),
        ({"log": "none/o.csv"}, "no folder"),
        ({"frame_numbers": True}, "add --animate"),
        ({"frame_every": 20}, "frame_every needs a film: add --animate"),
    ],
)
def test_what_cannot_be_written_is_refused_before_the_work(tmp_path, wanted, message):
    paths = {k: tmp_path / v if isinstance(v, str) else v for k, v in wanted.items()}
    with pytest.raises((PictureError, SettingsError), match=message):
        Outputs(**paths).check(tmp_path / "out.png", [], 10)


def test_a_usual_name_is_numbered_where_it_is_taken(tmp_path):
    usual = tmp_path / "a-b.png"
    place, go_on = Outputs().place, Outputs(resume=True).place
    assert place("c.png", usual, False) == Path("c.png")
    assert place(None, usual, False) == go_on(None, usual, False) == usual
    usual.touch()
    assert place(None, usual, False) == tmp_path / "a-b-2.png"
    assert place(None, usual, True) == usual
    # A run that was killed has left its checkpoint and no picture yet: nothing of it is lost.
    (tmp_path / "a-b-2.png.checkpoint.safetensors").touch()
    assert place(None, usual, False) == tmp_path / "a-b-3.png"
    assert go_on(None, usual, False) == tmp_path / "a-b-2.png"
    assert go_on(None, usual, True) == usual


def test_each_output_has_its_own_checkpoint_and_a_former_one_is_read(job, tmp_path):
    out, other = tmp_path / "o.png", tmp_path / "o.jpg"
    for path in (out, other):
        run(job, path, snapshot_every=100)
    kept = [Outputs(resume=True).find_checkpoint(path).path.name for path in (out, other)]
    assert kept == ["o.png.checkpoint.safetensors", "o.jpg.checkpoint.safetensors"]
    (tmp_path / kept[1]).unlink()
    assert Outputs(resume=True).find_checkpoint(other) is None
    (tmp_path / kept[0]).rename(tmp_path / "o.checkpoint.safetensors")
    assert Outputs(resume=True).find_checkpoint(other).state.iteration == 5


@pytest.mark.parametrize(
    ("package", "wanted", "extra"),
    [
        ("av", {"animate": "o.mp4"}, "video"),
        ("matplotlib", {"curve": "o.png"}, "curves"),
        ("torch.utils.tensorboard", {"tensorboard": "events"}, "tensorboard"),
    ],
)
def test_a_missing_package_is_named_with_its_extra(tmp_path, monkeypatch, package, wanted, extra):
    monkeypatch.setitem(sys.modules, package, None)
    paths = {name: tmp_path / value for name, value in wanted.items()}
    with pytest.raises(SettingsError, match=re.escape(install(extra))):
        Outputs(**paths).check(tmp_path / "out.png", [], 10)


def test_what_cannot_be_written_on_the_way_is_said_once_and_stops_nothing():
    class Full(Recorder):
        def add(self, step):
            raise OSError(28, "No space left on device")

        def close(self, finished):
            raise PictureError("the film cannot be written.")

    class Counter(Recorder):
        seen = 0

        def add(self, step):
            self.seen += 1

        def close(self, finished):
            self.seen += 100

    said, counter = [], Counter()
    for recorder in (Guarded(Full(), said.append), Guarded(counter, said.append)):
        for _ in range(3):
            recorder.add(None)
        recorder.close(finished=True)
    assert said == ["No space left on device", "the film cannot be written."]
    assert counter.seen == 103


def test_importing_the_outputs_loads_no_optional_package():
    optional = "{'matplotlib', 'av', 'tensorboard'}"
    code = f"import sys, impasto.run.outputs; print({optional} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
