"""Keep memory that was freed: asking the system for it anew costs more than many a computation.

Every evaluation frees feature maps and needs maps of the same sizes again. The C library of Linux
gives large pieces back at once, and the system has to clear each page before it gives it out
again: for a picture of 1024 pixels that was 15 to 25 % of the time.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

# Source: <malloc.h> of the GNU C library.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _MMAP_MAX = -1, -3, -4


_keeps = False
"""Whether the program has called `keep_freed_memory`."""

_given_back: int | None = None
"""Bytes from which on pieces are given back; None if all are kept."""


def keep_freed_memory() -> bool:
    """Tell the C library to keep freed memory for this process.

    It is the program that calls this, not the library: it holds for the whole process.

    Returns:
        Whether the C library can.
    """
    global _keeps
    _keeps = _set({_MMAP_MAX: 0, _TRIM_THRESHOLD: 2**31 - 1})
    return _keeps


def fit_allocator(image_bytes: int, *, tiled: bool) -> None:
    """Choose which freed memory is kept, before an image of a new size is worked on.

    Without tiles, all of it. With tiles, memory is short: kept memory has holes, an image that
    stays would take the place of features that come and go, and the process would grow beyond what
    it may take. So there, images and what is larger have places of their own, which are given back;
    the C library looks for free places first, so that large features must not leave any.

    Nothing happens in a process that has not called `keep_freed_memory`.

    Args:
        image_bytes: Of one image of that size.
        tiled: Whether it is evaluated in tiles.
    """
    # Half, because the vectors that an optimizer remembers may take 16 bits where an image has 32.
    give_back_from(image_bytes // 2 if tiled else None)


def give_back_from(least: int | None) -> None:
    """Give pieces of so many bytes back when they are freed, if this process keeps memory.

    Args:
        least: Bytes of a piece; None to keep pieces of all sizes.
    """
    global _given_back
    if _keeps:
        _given_back = least
        _set({_MMAP_MAX: 0} if least is None else {_MMAP_MAX: 2**16, _MMAP_THRESHOLD: least})


@contextmanager
def allocator_as_it_was() -> Iterator[None]:
    """Give memory out after a block as before it: for a small painting in the midst of a large."""
    before = _given_back
    try:
        yield
    finally:
        give_back_from(before)


def give_back_free() -> None:
    """Give all that is free back, if this process keeps memory.

    What the reading of a network has left would not count as memory that a painting can have, and
    is too scattered for it to fit well.
    """
    trim = getattr(_process(), "malloc_trim", None)
    if _keeps and trim is not None:
        trim(0)


def _set(options: dict[int, int]) -> bool:
    """Set options of the C library; say whether it has them."""
    mallopt = getattr(_process(), "mallopt", None)  # None on macOS, Windows, musl
    return mallopt is not None and all(mallopt(*option) for option in options.items())


def _process() -> object:
    try:
        return ctypes.CDLL(None)
    except (OSError, TypeError):  # Windows has no such name
        return None
