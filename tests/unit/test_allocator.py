import subprocess
import sys

import pytest

from impasto.allocator import keep_freed_memory

PROGRAM = """
import resource, sys
from impasto.allocator import keep_freed_memory
if sys.argv[1] == "keep" and not keep_freed_memory():
    sys.exit("not here")
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    bytearray(b"x") * 2**26
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(how: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, how], capture_output=True, text=True, check=False
    )
    if "not here" in done.stderr:
        pytest.skip("this C library has no mallopt")
    return int(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="counts the page faults of Linux")
def test_memory_that_was_freed_is_used_again_without_asking_the_system():
    assert faults("keep") < faults("give back") / 4


def test_where_it_cannot_be_done_nothing_happens(monkeypatch):
    monkeypatch.setattr("impasto.allocator._process", lambda: None)
    assert keep_freed_memory() is False
