"""A signal may come at any point of a painting: what there is is kept, and the code says which."""

import shutil
import signal

import pytest

from impasto.filesystem import lock_of
from impasto.job import Recipe
from tests.support.pictures import dimensions
from tests.support.signaled import signaled

CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}

FAST = ("--backbone=pocket", "--size", 64, "--plan", "32:3,64:3", "--threads", 1)

STEP = "impasto.optimize.loop.accept"
"""Is called in every evaluation, before anybody has seen its step."""

WRITE = "impasto.images.writing.replace_file"


@pytest.fixture
def arguments(photograph, painting, tmp_path):
    return ("paint", photograph, painting, "-o", tmp_path / "out.png", *FAST)


def names(folder) -> set[str]:
    """Return what there is besides the pictures to paint from."""
    return {path.name for path in folder.iterdir()} - {"photo.png", "painting.jpg"}


BEFORE = {
    "the first import": {"importing": "click"},
    "the import of torch": {"importing": "torch"},
    "trying out where to write": {"calling": "pathlib.Path.unlink"},
    "reading": {"calling": "impasto.images.vips._numbers"},
    "loading the network": {"calling": "impasto.job.load.load"},
    "the first evaluation": {"calling": STEP},
}


@pytest.mark.parametrize("point", BEFORE)
def test_before_there_is_a_picture_the_process_ends_at_once_and_leaves_nothing(
    arguments, tmp_path, point
):
    done = signaled(*arguments, numbers=[signal.SIGINT], **BEFORE[point])
    assert (done.code, done.out) == (130, ""), done.err
    assert done.err.endswith("impasto: interrupted\n")
    assert names(tmp_path) == set()


@pytest.mark.parametrize("option", [("--auto",), ("--fine-style", "photo.png")], ids=str)
def test_the_runs_before_a_painting_end_at_once(arguments, tmp_path, monkeypatch, option):
    monkeypatch.chdir(tmp_path)
    done = signaled(*arguments, *option, numbers=[signal.SIGTERM], calling=STEP, nth=2)
    assert (done.code, done.out) == (143, ""), done.err
    assert done.err.endswith("impasto: interrupted\n")
    assert names(tmp_path) == set()


@pytest.mark.parametrize("number", CODES)
def test_during_an_evaluation_the_picture_is_kept_with_all_that_belongs_to_it(
    arguments, tmp_path, number
):
    outputs = ("--log", tmp_path / "log.csv", "--snapshot-every", 100)
    done = signaled(*arguments, *outputs, numbers=[number], calling=STEP, nth=5)
    assert (done.code, done.out, done.calls) == (CODES[number], f"{tmp_path / 'out.png'}\n", 5)
    assert done.err.endswith("impasto: interrupted\n")
    assert Recipe.of_picture(tmp_path / "out.png").settings.plan == ((32, 3), (64, 2))
    assert dimensions(tmp_path / "out.png") == (64, 48)
    assert len((tmp_path / "log.csv").read_text().splitlines()) == 1 + 5
    assert names(tmp_path) == {"out.png", "log.csv", "out.png.checkpoint.safetensors"}


@pytest.mark.parametrize(
    ("calling", "nth", "plan"),
    [
        pytest.param(WRITE, 1, ((32, 2),), id="a numbered picture"),
        pytest.param("os.fsync", 3, ((32, 2),), id="a checkpoint"),
        pytest.param(WRITE, 4, ((32, 3), (64, 3)), id="the picture"),
        pytest.param("pathlib.Path.replace", 8, ((32, 3), (64, 3)), id="the last checkpoint"),
    ],
)
def test_what_is_being_written_is_finished_also_if_signals_come_again(
    impasto, arguments, tmp_path, calling, nth, plan
):
    numbers = [signal.SIGTERM, signal.SIGHUP, signal.SIGTERM]
    options = ("--snapshot-every", 2)
    done = signaled(*arguments, *options, numbers=numbers, calling=calling, nth=nth)
    assert (done.code, done.out) == (143, f"{tmp_path / 'out.png'}\n"), done.err
    assert done.err.endswith("impasto: interrupted\n")
    assert Recipe.of_picture(tmp_path / "out.png").settings.plan == plan
    assert not [name for name in names(tmp_path) if name.startswith(".")]
    for number in range(2, 1 + sum(count for _, count in plan), 2):
        assert (tmp_path / f"out-{number:06}.png").exists()
    done = impasto(*arguments, *options, "--resume")
    assert done.code == 0, done.err
    assert Recipe.of_picture(tmp_path / "out.png").settings.plan == ((32, 3), (64, 3))


def test_a_second_ctrl_c_waits_for_no_slow_disk(arguments, tmp_path):
    numbers = [signal.SIGINT, signal.SIGINT]
    done = signaled(*arguments, numbers=numbers, calling=WRITE)
    assert (done.code, done.out) == (-signal.SIGINT, "")
    assert names(tmp_path) == {lock_of(tmp_path / "out.png").name}  # empty, and locks nothing


@pytest.mark.skipif(shutil.which("nohup") is None, reason="there is no nohup here")
def test_under_nohup_the_end_of_the_terminal_ends_nothing(arguments, tmp_path):
    done = signaled(*arguments, numbers=[signal.SIGHUP], calling=STEP, nth=2, under=["nohup"])
    assert (done.code, done.calls) == (0, 6), done.err
    assert Recipe.of_picture(tmp_path / "out.png").settings.plan == ((32, 3), (64, 3))
