"""How the process ``impasto`` ends: at once, with its code, after all that has to be done."""

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import atexit, sys, threading, time
import impasto.__main__ as program

class Last:
    def __del__(self):
        print("taken apart", file=sys.__stdout__, flush=True)

last = Last()

def work():
    time.sleep(0.2)
    print("a thread has ended")

def main():
    threading.Thread(target=work).start()
    atexit.register(print, "registered later")
    print("said", end=" ")
    {ending}

program.main = main
program.program()
"""


def ended(ending: str) -> subprocess.CompletedProcess[str]:
    code = PROGRAM.format(ending=ending)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("code", [0, 1, 2, 130])
def test_it_ends_at_once_with_its_code(code):
    done = ended(f"sys.exit({code})")
    assert done.returncode == code
    assert done.stdout == "said a thread has ended\nregistered later\n"
    assert not done.stderr


def test_what_is_not_expected_ends_as_in_any_program():
    done = ended("raise RuntimeError('why')")
    assert done.returncode == 1
    assert done.stdout.endswith("taken apart\n")
    assert "RuntimeError: why" in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full disk")
def test_output_that_cannot_be_written_is_told():
    code = PROGRAM.format(ending="sys.exit(0)")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", code],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode != 0
    assert "No space left on device" in done.stderr
