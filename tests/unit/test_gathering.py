"""Beside busy programs threads compute on few processors, and afterwards on all again."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from impasto.machine import gathering
from impasto.machine.gathering import places_for
from impasto.machine.waiting import TOLD_HOW

ONLY_LINUX = pytest.mark.skipif(
    sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2,
    reason="moves threads between processors of Linux",
)


@pytest.mark.parametrize(
    ("threads", "processors", "taken", "places"),
    [
        (2, 2, 0.0, 2),  # alone
        (2, 2, 0.8, 2),  # somebody computes now and then
        (2, 2, 0.95, 1),
        (2, 2, 1.0, 1),
        (2, 2, 2.0, 1),  # never none
        (16, 16, 2.0, 16),  # some would have a processor of their own, and wait for the others
        (16, 16, 8.0, 8),
        (16, 16, 12.0, 4),
        (8, 16, 4.0, 16),  # there is room
        (3, 4, 2.5, 2),
        (1, 1, 1.0, 1),
    ],
)
def test_the_share_of_the_processors_is_such_that_each_has_as_many_threads(
    threads, processors, taken, places
):
    assert places_for(threads, processors, taken) == places


@pytest.mark.parametrize("threads", range(1, 17))
def test_there_are_all_processors_or_fewer_than_threads(threads):
    for taken in range(17):
        places = places_for(threads, 16, taken)
        assert places == 16 or 1 <= places < threads


def test_the_fastest_processors_are_chosen_and_any_where_they_do_not_differ(monkeypatch, tmp_path):
    monkeypatch.setattr(gathering, "PROCESSORS", tmp_path)
    for number, rate in {0: "2000000", 1: "4000000", 2: "2000000", 5: "4000000"}.items():
        folder = tmp_path / f"cpu{number}" / "cpufreq"
        folder.mkdir(parents=True)
        (folder / "cpuinfo_max_freq").write_text(f"{rate}\n", encoding="utf-8")
    assert gathering._fastest({0, 1, 2, 5}, 2) == {1, 5}
    assert gathering._fastest({0, 1, 7}, 2) == {0, 1}  # of the last nothing is known
    assert len({min(gathering._fastest({0, 2}, 1)) for _ in range(100)}) == 2


def test_where_threads_are_hidden_nothing_is_moved_and_the_next_may_gather(monkeypatch):
    monkeypatch.setattr(gathering, "Path", lambda name: SimpleNamespace(iterdir=nothing))
    for _ in range(2):
        with gathering.Gathering(-1, {0, 1}) as found:
            assert found.is_the_one
            found.gather(1)


def nothing():
    raise PermissionError(13, "Permission denied")


MOVED = """
import os, threading
import torch
from impasto.machine.gathering import Gathering

torch.set_num_threads(2)
torch.zeros(2**20).fill_(1)
everywhere, caller = os.sched_getaffinity(0), threading.get_native_id()
over = threading.Event()
bystander = threading.Thread(target=over.wait)
bystander.start()


def places():
    python = {each.native_id for each in threading.enumerate()}
    helpers = [int(name) for name in os.listdir("/proc/self/task") if int(name) not in python]
    assert helpers
    return [os.sched_getaffinity(each) for each in (caller, *helpers)]


with Gathering(caller, everywhere) as one, Gathering(caller, everywhere) as other:
    one.gather(len(everywhere))
    assert all(each == everywhere for each in places())
    one.gather(1)
    first, *rest = places()
    assert len(first) == 1 and all(each == first for each in rest)
    assert os.sched_getaffinity(bystander.native_id) == everywhere
    one.gather(1)
    assert places()[0] == first  # they keep what they have
    other.gather(len(everywhere))
    other.gather(1)
    assert places()[0] == first  # another run in this process moves nothing
    late = threading.Thread(target=over.wait)  # has the places of who starts it
    late.start()
    assert os.sched_getaffinity(late.native_id) == first
    one.gather(len(everywhere))
    assert all(each == everywhere for each in [*places(), os.sched_getaffinity(late.native_id)])
    one.gather(1)
assert all(each == everywhere for each in places())
with Gathering(caller, everywhere) as again:
    again.gather(1)
    assert len(places()[0]) == 1
over.set()
print("as it was")
"""


@ONLY_LINUX
def test_those_that_compute_are_gathered_and_nobody_else():
    done = subprocess.run(
        [sys.executable, "-c", MOVED], capture_output=True, text=True, check=False
    )
    assert done.stdout == "as it was\n", done.stderr


FIRST_EVALUATIONS = """
import hashlib, os, sys, time
from impasto import samples
from impasto.machine import waiting
from impasto.job import prepare
from impasto.run import run
from impasto.settings import Settings

waiting.FIRST_LOOK = waiting.LOOK_EVERY = 0.01
waiting.Neighbors.processors = lambda self: 1e6 if sys.argv[1] == "beside" else 0.0
processors, fewest = os.sched_getaffinity(0), 1000
sources = samples.photograph("cat"), [samples.painting("swirls")]
settings = Settings(size=64, plan=((64, 8),), backbone="pocket", threads=2)
for result in run(prepare(*sources, settings)):
    while sys.argv[1] == "beside" and len(os.sched_getaffinity(0)) > 1:
        time.sleep(0.001)
    fewest = min(fewest, len(os.sched_getaffinity(0)))
assert os.sched_getaffinity(0) == processors
print(fewest, hashlib.sha256(result.rgb.tobytes()).hexdigest())
"""


@ONLY_LINUX
def test_a_picture_is_the_same_beside_busy_programs():
    found = [
        subprocess.run(
            [sys.executable, "-c", FIRST_EVALUATIONS, how],
            env={name: value for name, value in os.environ.items() if name not in TOLD_HOW},
            capture_output=True, text=True, check=True,
        ).stdout
        for how in ("alone", "beside")
    ]  # fmt: skip
    (alone, one), (beside, other) = map(str.split, found)
    assert one == other
    assert int(beside) == 1 < int(alone)
