"""Signals reach the work whatever they come into, and are acted upon once: real processes."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.support.processes import rest_of, running

CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}

START = """
import os, signal, sys, time
from impasto.interruption import INTERRUPTION, complain

INTERRUPTION.listen()

def ready():
    print("ready", flush=True)

def come(*numbers):
    for number in numbers:
        os.kill(os.getpid(), number)
"""

HEEDING = """
with INTERRUPTION.heed():
    ready()
    while not INTERRUPTION.has_come():
        work()
    time.sleep(0.01)
    print("kept", flush=True)
print("not reached")
"""

CHURNING = """
import importlib, weakref

class Thing:
    def __del__(self):
        sum(range(50))

def work():
    '''Spend the time where an exception would be printed and forgotten.'''
    thing = Thing()
    seen = weakref.ref(thing, lambda _: [sum(range(50)) for _ in range(5)])
    del thing
    sys.modules.pop("string", None)
    importlib.import_module("string")
"""


@contextmanager
def program(*parts: str) -> Iterator[subprocess.Popen[str]]:
    """Run a program that listens, and wait until it is ready."""
    with running([sys.executable, "-c", START + "".join(parts)]) as process:
        assert process.stdout.readline() == "ready\n"
        yield process


@pytest.mark.parametrize("number", CODES)
def test_what_there_is_to_keep_is_kept(number):
    with program("def work(): time.sleep(0.001)", HEEDING) as process:
        process.send_signal(number)
        out, err = rest_of(process)
    assert (process.returncode, out, err) == (CODES[number], "kept\n", "impasto: interrupted\n")


@pytest.mark.parametrize("number", CODES)
def test_where_there_is_nothing_to_keep_the_process_ends_at_once(number):
    with program("ready()\ntime.sleep(10**6)") as process:
        process.send_signal(number)
        out, err = rest_of(process)
    assert (process.returncode, out, err) == (CODES[number], "", "impasto: interrupted\n")


@pytest.mark.parametrize("rest", [HEEDING, "ready()\nwhile True: work()"], ids=["heeded", "not"])
def test_no_signal_gets_lost_in_callbacks_and_finalizers(rest):
    """Many at the same time, on a machine that is busy with them; each is asked once."""
    numbers = 5 * list(CODES)
    words = [sys.executable, "-c", START + CHURNING + rest]
    with ExitStack() as stack:
        started = [stack.enter_context(running(words)) for _ in numbers]
        for process, number in zip(started, numbers, strict=True):
            assert process.stdout.readline() == "ready\n"
            process.send_signal(number)
        ended = [(rest_of(process), process.returncode) for process in started]
    kept = "kept\n" if rest is HEEDING else ""
    for ((out, err), code), number in zip(ended, numbers, strict=True):
        assert (code, out, err) == (CODES[number], kept, "impasto: interrupted\n")


IN_LIBVIPS = """
import logging, pyvips

class Interrupting(logging.Handler):
    def emit(self, record):
        if record.getMessage().startswith("VIPS: ") and not messages:
            messages.append(record)
            come(signal.SIGINT)

messages, logger = [], logging.getLogger("pyvips")
logger.addHandler(Interrupting())
logger.setLevel(logging.DEBUG)

def work():
    pyvips.Image.black(64, 64).resize(0.3).avg()
    assert messages
"""


def test_libvips_swallows_no_signal_that_comes_into_a_message_of_it():
    with program(IN_LIBVIPS, HEEDING) as process:
        out, err = rest_of(process)
    assert (process.returncode, out, err) == (130, "kept\n", "impasto: interrupted\n")
    with program(IN_LIBVIPS, "ready()\nwork()\nprint('survived')") as process:
        out, err = rest_of(process)
    assert (process.returncode, out, err) == (130, "", "impasto: interrupted\n")


@pytest.mark.parametrize("first", CODES)
def test_a_second_ctrl_c_ends_the_process_at_once_wherever_it_is(first):
    computing = "sum(range(10**18))"  # no handler of Python's comes into it
    code = f"with INTERRUPTION.heed(): come({int(first)}); ready(); {computing}"
    with program(code) as process:
        process.send_signal(signal.SIGINT)
        out, _ = rest_of(process)
    assert (process.returncode, out) == (-signal.SIGINT, "")


def test_other_signals_may_come_again_and_nothing_is_lost():
    """``timeout`` sends SIGTERM twice, systemd SIGHUP after it, and a terminal SIGHUP twice."""
    again = "def work(): come(signal.SIGTERM, signal.SIGHUP, signal.SIGTERM, signal.SIGHUP)"
    with program(again, HEEDING) as process:
        out, err = rest_of(process)
    assert (process.returncode, out, err) == (143, "kept\n", "impasto: interrupted\n")


@pytest.mark.parametrize("ignored", ["SIGHUP", "SIGINT", "SIGTERM"])
def test_a_signal_that_is_ignored_stays_ignored(ignored):
    """As SIGHUP is under ``nohup``, and SIGINT in a shell's background, also after another."""
    other = "SIGTERM" if ignored != "SIGTERM" else "SIGHUP"
    work = f"""
signal.signal(signal.{ignored}, signal.SIG_IGN)
INTERRUPTION.listen()
come(signal.{ignored})

def work():
    come(signal.{ignored})
    if not INTERRUPTION.has_come():
        come(signal.{other})
        come(signal.{ignored})
"""
    with program(work, HEEDING) as process:
        out, _ = rest_of(process)
    assert (process.returncode, out) == (CODES[getattr(signal, other)], "kept\n")


def test_an_error_says_more_than_an_interruption():
    failing = "with INTERRUPTION.heed():\n ready()\n come(signal.SIGINT)\n raise OSError('no room')"
    with program(failing) as process:
        _, err = rest_of(process)
    assert process.returncode == 1
    assert err.endswith("OSError: no room\n")


def test_a_block_that_has_ended_hears_the_next_signal_at_once():
    with program("with INTERRUPTION.heed(): pass\nready()\ntime.sleep(10**6)") as process:
        process.send_signal(signal.SIGTERM)
        rest_of(process)
    assert process.returncode == 143


def test_at_a_prompt_a_signal_is_an_exception_so_that_the_terminal_is_put_in_order():
    asking = """
with INTERRUPTION.prompt():
    try:
        come(signal.SIGTERM)
        time.sleep(10**6)
    except KeyboardInterrupt:
        pass
ready()
time.sleep(10**6)
"""
    with program(asking) as process:
        process.send_signal(signal.SIGHUP)
        rest_of(process)
    assert process.returncode == 129


COMPLAINING = """
complain("one")
complain("two")
print("it goes on", end="", flush=True)
"""


def test_nobody_has_to_read_what_is_complained_of():
    ours, theirs = os.pipe()
    os.close(ours)  # nobody reads
    places = [theirs, *(os.open(at, os.O_WRONLY) for at in ("/dev/full",) if Path(at).exists())]
    for place in places:
        done = subprocess.run(
            [sys.executable, "-c", START + COMPLAINING],
            stdout=subprocess.PIPE,
            stderr=place,
            check=True,
        )
        os.close(place)
        assert done.stdout == b"it goes on"


@pytest.mark.parametrize("gone", ["sys.stderr = sys.__stderr__ = None", "os.close(2)"])
def test_nobody_has_to_have_a_place_for_it(gone):
    with program(gone, "\ncomplain('one')\nready()\ntime.sleep(10**6)") as process:
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 143


def test_a_reader_who_has_fallen_asleep_keeps_no_process_alive():
    """What is printed waits until a pipe has room: a signal that comes meanwhile must not wait."""
    with program("ready()\nprint('-' * 10**6, file=sys.stderr)") as process:
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 143


def test_windows_has_no_sighup():
    code = (
        "import signal; del signal.SIGHUP\n"
        "from impasto.interruption import INTERRUPTION, SIGNALS\n"
        "INTERRUPTION.listen(); print([each.name for each in SIGNALS])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "['SIGINT', 'SIGTERM']\n"


def test_the_program_listens_before_it_imports_what_takes_a_moment():
    code = "import sys, impasto.__main__; print({'click', 'torch', 'rich'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
