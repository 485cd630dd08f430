"""How much memory this process may take, where several paint on one machine."""

from __future__ import annotations

import math

import psutil

_most = math.inf


def allow_memory(most: float | None) -> None:
    """Let this process take so many bytes, all in all; None for as many as there are."""
    global _most
    _most = math.inf if most is None else most


def allowance_rest() -> float:
    """Return the bytes that are left of them; infinity without a limit.

    Example:
        >>> allowance_rest()
        inf
    """
    return _most if _most == math.inf else _most - psutil.Process().memory_info().rss
