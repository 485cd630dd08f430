"""What this machine has, and how a run uses it.

    device.py      device, precision and threads: what is here, and what is chosen
    container.py   what a container leaves of the memory
    allowance.py   what a process may take of it where several paint
    allocator.py   how the C library gives out memory
    forks.py       processes that are forked from one that computes
    garbage.py     when Python looks for objects that nobody uses
    waiting.py     how threads wait for each other beside other programs
    gathering.py   where they compute meanwhile

A program calls `keep_freed_memory` and `spare_the_start` once, before it loads torch;
`give_back_free` is called when a job has been prepared, and `fit_allocator` for every size that is
painted. Importing this package needs no torch: the functions that use it load it when they are
called.
"""

from impasto.machine.allocator import (
    allocator_as_it_was,
    fit_allocator,
    give_back_free,
    give_back_from,
    keep_freed_memory,
)
from impasto.machine.allowance import allow_memory, allowance_rest
from impasto.machine.container import container_rest
from impasto.machine.device import (
    choose_device,
    choose_precision,
    choose_threads,
    computing_with,
    dtype_of,
    has_native_bfloat16,
    is_here,
)
from impasto.machine.forks import Threads
from impasto.machine.garbage import spare_the_start
from impasto.machine.waiting import considerate

__all__ = [
    "Threads",
    "allocator_as_it_was",
    "allow_memory",
    "allowance_rest",
    "choose_device",
    "choose_precision",
    "choose_threads",
    "computing_with",
    "considerate",
    "container_rest",
    "dtype_of",
    "fit_allocator",
    "give_back_free",
    "give_back_from",
    "has_native_bfloat16",
    "is_here",
    "keep_freed_memory",
    "spare_the_start",
]
