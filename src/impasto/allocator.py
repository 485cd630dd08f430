"""Keep memory that was freed: asking the system for it anew costs more than many a computation.

Every evaluation frees feature maps and needs maps of the same sizes again. The C library of Linux
gives large pieces back at once, and the system has to clear each page before it gives it out
again: for a picture of 1024 pixels that was 15 to 25 % of the time.
"""

from __future__ import annotations

import ctypes

# Source: <malloc.h> of the GNU C library.
_TRIM_THRESHOLD, _MMAP_MAX = -1, -4


def keep_freed_memory() -> bool:
    """Tell the C library to keep freed memory for this process; say whether it can.

    It is the program that calls this, not the library: it holds for the whole process.
    """
    mallopt = getattr(_process(), "mallopt", None)
    if mallopt is None:  # macOS, Windows, musl
        return False
    return bool(mallopt(_MMAP_MAX, 0)) and bool(mallopt(_TRIM_THRESHOLD, 2**31 - 1))


def _process() -> object:
    try:
        return ctypes.CDLL(None)
    except (OSError, TypeError):  # Windows has no such name
        return None
