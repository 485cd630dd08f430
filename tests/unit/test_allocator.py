import subprocess
import sys

import pytest

from impasto.machine import allocator, fit_allocator, keep_freed_memory

FAULTS = """
import resource, sys
from impasto.machine import keep_freed_memory
if sys.argv[1] == "keep" and not keep_freed_memory():
    sys.exit("not here")
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    bytearray(b"x") * 2**26
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def measured(program: str, how: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", program, how], capture_output=True, text=True, check=False
    )
    if "not here" in done.stderr:
        pytest.skip("this C library has no mallopt")
    return int(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="counts the page faults of Linux")
def test_memory_that_was_freed_is_used_again_without_asking_the_system():
    assert measured(FAULTS, "keep") < measured(FAULTS, "give back") / 4


def test_where_it_cannot_be_done_nothing_happens(monkeypatch):
    monkeypatch.setattr("impasto.machine.allocator._process", lambda: None)
    assert keep_freed_memory() is False
    fit_allocator(2**25, tiled=True)


def test_a_process_that_does_not_keep_memory_is_left_alone(monkeypatch):
    asked = []
    monkeypatch.setattr(allocator, "_set", lambda options: asked.append(options) or True)
    monkeypatch.setattr(allocator, "_keeps", False)
    fit_allocator(2**25, tiled=True)
    assert asked == []
    keep_freed_memory()
    fit_allocator(2**25, tiled=True)
    fit_allocator(2**25, tiled=False)
    assert len(asked) == 3
    assert 2**24 in asked[1].values()  # half an image
    assert asked[2].items() <= asked[0].items()  # as it was before


TRIMMED = """
import sys
from impasto.machine import give_back_free, keep_freed_memory
if sys.argv[1] == "keep" and not keep_freed_memory():
    sys.exit("not here")
def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096
kept = [(bytearray(b"x") * 2**21, bytearray(b"y") * 2**10) for _ in range(40)]
kept = [small for _, small in kept]
before = resident()
give_back_free()
print(before - resident())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks into Linux's /proc")
def test_what_is_free_is_given_back_although_it_was_kept():
    assert measured(TRIMMED, "keep") > 60 * 2**20
    assert measured(TRIMMED, "leave alone") < 2**20


GROWTH = """
import ctypes, resource, sys
from impasto.machine import fit_allocator, keep_freed_memory
if not keep_freed_memory():
    sys.exit("not here")
if sys.argv[1] == "give back":
    fit_allocator(2**25, tiled=True)
malloc, free = ctypes.CDLL(None).malloc, ctypes.CDLL(None).free
malloc.restype, malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
free.argtypes = [ctypes.c_void_p]
def piece(size):
    address = malloc(size)
    ctypes.memset(address, 1, size)
    return address
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize()
before = resident()
for _ in range(4):
    free(piece(2**26))
print(resident() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads what Linux says of a process")
def test_large_pieces_are_given_back_when_memory_is_short():
    assert measured(GROWTH, "keep") > 2**25
    assert measured(GROWTH, "give back") < 2**22
