"""Threads sleep soon where neighbors compute, and stay awake where there are none."""

import subprocess
import sys
import threading

import pytest

from impasto.machine import considerate, waiting
from impasto.machine.waiting import Neighbors, Usage, teams_needed


@pytest.fixture(autouse=True)
def nothing_told(monkeypatch):
    """Tests may run where somebody has said how threads wait."""
    for name in waiting.TOLD_HOW:
        monkeypatch.delenv(name, raising=False)


def test_neighbors_have_what_is_used_and_not_by_this_process(monkeypatch):
    readings = iter([Usage(all=10, own=1, clock=0), Usage(all=14, own=3, clock=4), Usage(12, 4, 5)])
    monkeypatch.setattr(Usage, "now", lambda processors: next(readings))
    neighbors = Neighbors({0, 1})
    assert neighbors.processors() == 0.5
    assert neighbors.processors() == 0.0  # clocks that disagree


def test_all_that_is_used_of_a_processor_is_counted():
    before = Usage.now({0})
    everywhere = Usage.now(set(range(10_000)))  # those that there are
    assert 0 < before.all <= everywhere.all
    assert before.own <= everywhere.own
    assert before.clock <= everywhere.clock


@pytest.mark.parametrize("threads", [2, 3, 8, 16])
@pytest.mark.parametrize("processors", [2, 8, 16])
def test_with_the_teams_there_are_more_threads_than_processors(threads, processors):
    teams = teams_needed(threads, processors)
    assert teams >= 1
    assert threads + teams * (threads - 1) > processors
    assert teams == 1 or threads + (teams - 1) * (threads - 1) <= processors


@pytest.mark.parametrize("name", waiting.TOLD_HOW)
def test_who_says_how_threads_wait_is_not_overruled(name, monkeypatch):
    monkeypatch.setenv(name, "1")
    before = threading.active_count()
    with considerate(2):
        assert threading.active_count() == before


def test_one_thread_waits_for_nobody():
    before = threading.active_count()
    with considerate(1):
        assert threading.active_count() == before


CROWD = """
import os, threading, time
import torch
from impasto.machine import considerate, waiting

torch.set_num_threads(2)
torch.zeros(2**20).fill_(1)
waiting.LOOK_EVERY = waiting.FIRST_LOOK = 0.01
crowd = 0.0
waiting.Neighbors.processors = lambda self: crowd


def tasks(wanted):
    for _ in range(500):
        if len(os.listdir("/proc/self/task")) == wanted:
            return True
        time.sleep(0.01)


alone = len(os.listdir("/proc/self/task"))
with considerate(2):
    assert tasks(alone + 1)  # who watches
    crowd = 1e6
    teams = waiting.teams_needed(2, len(os.sched_getaffinity(0)))
    assert tasks(alone + 1 + 2 * teams)
    crowd = 0.0
    assert tasks(alone + 1)
    crowd = 1e6
    assert tasks(alone + 1 + 2 * teams)
assert tasks(alone)
print("as it was")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only GNU's OpenMP is told")
def test_teams_sleep_beside_a_run_as_long_as_it_is_crowded():
    done = subprocess.run(
        [sys.executable, "-c", CROWD], capture_output=True, text=True, check=False
    )
    assert done.stdout == "as it was\n", done.stderr


def test_where_the_use_of_processors_is_hidden_nothing_is_done(monkeypatch, capfd):
    def hidden(processors):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Usage, "now", hidden)
    before = threading.active_count()
    with considerate(2):
        pass
    assert threading.active_count() == before
    assert capfd.readouterr().err == ""
