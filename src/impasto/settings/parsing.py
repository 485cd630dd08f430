"""Turn text, as typed on a command line or in a form, into values; Python values pass through.

Every function raises ValueError with the rule as its message.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping
from typing import Any


def whole(value: Any) -> int:
    """Return a whole number."""
    try:
        number = int(value)
    except (TypeError, ValueError):
        raise ValueError("it must be a whole number") from None
    if isinstance(value, float) and value != number:
        raise ValueError("it must be a whole number")
    return number


def real(value: Any) -> float:
    """Return a finite number."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise ValueError("it must be a number") from None
    if not math.isfinite(number):
        raise ValueError("it must be a finite number")
    return number


def reals(value: Any) -> tuple[float, ...]:
    """Return numbers separated by commas: ``"2,1"`` -> ``(2.0, 1.0)``."""
    return tuple(real(item) for item in _items(value))


def name(value: Any) -> str:
    """Return a name."""
    if not isinstance(value, str):
        raise ValueError("it must be a name")
    return value


def path(value: Any) -> str:
    """Return a path as text."""
    try:
        return os.fsdecode(value)
    except TypeError:
        raise ValueError("it must be a path") from None


def paths(value: Any) -> tuple[str, ...]:
    """Return one path or several; text is one path, whatever is in it."""
    several = isinstance(value, Iterable) and not isinstance(value, str | os.PathLike)
    return tuple(map(path, value if several else (value,)))


def flag(value: Any) -> bool:
    """Return True or False."""
    words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if str(value).lower() not in words:
        raise ValueError("it must be true or false")
    return words[str(value).lower()]


FACE_CARE = 0.35
"""How much care faces are painted with, if no strength is given. Chosen by looking: eyes and mouth
are kept, and the face is still painted; with the pocket network, 0.5 is nearly a photograph."""


def strength(value: Any) -> float:
    """Return a number; a flag, as recipes had it before 0.3, is the usual strength or 0."""
    if str(value).lower() in ("true", "false"):
        return FACE_CARE if flag(value) else 0.0
    return real(value)


def layers(value: Any) -> tuple[tuple[str, float], ...]:
    """Return layers with weights, 1 where none is given.

    Example:
        >>> layers("relu1_1:0.5,relu2_1")
        (('relu1_1', 0.5), ('relu2_1', 1.0))
    """
    rule = "it must be layers like relu1_1,relu2_1 or with weights relu1_1:0.5,relu2_1:2"
    return _weighted(value, rule, "layer")


def losses(value: Any) -> tuple[tuple[str, float], ...]:
    """Return style losses with weights, 1 where none is given.

    Example:
        >>> losses("gram,histogram:0.5")
        (('gram', 1.0), ('histogram', 0.5))
    """
    rule = "it must be a loss like gram, or several with weights like gram:1,histogram:0.5"
    return _weighted(value, rule, "loss")


def _weighted(value: Any, rule: str, what: str) -> tuple[tuple[str, float], ...]:
    pairs = []
    for item in _items(value):
        name, weight = _pair(item, default=1.0)
        try:
            number = real(weight)
        except ValueError:
            raise ValueError(rule) from None
        if not isinstance(name, str) or not name or number < 0:
            raise ValueError(f"{rule}, each weight at least 0")
        pairs.append((name, number))
    if not any(weight for _, weight in pairs):
        raise ValueError(f"{rule}, at least one weight larger than 0")
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError(f"it must name each {what} once")
    return tuple(pairs)


def levels(value: Any) -> tuple[tuple[int, int], ...]:
    """Return sizes with evaluations.

    Example:
        >>> levels("128:200,256:100")
        ((128, 200), (256, 100))
    """
    rule = "it must be size:evaluations pairs like 128:200,256:100, sizes of 16 or more rising"
    try:
        pairs = tuple((whole(size), whole(count)) for size, count in map(_pair, _items(value)))
    except ValueError:
        raise ValueError(rule) from None
    sizes = [size for size, _ in pairs]
    if not pairs or sizes != sorted(set(sizes)) or sizes[0] < 16 or min(n for _, n in pairs) < 1:
        raise ValueError(rule)
    return pairs


def _items(value: Any) -> list[Any]:
    if isinstance(value, str):
        return [item.strip() for item in value.split(",") if item.strip()]
    if isinstance(value, Mapping):
        return list(value.items())
    if isinstance(value, Iterable):
        return list(value)
    return [value]


def _pair(item: Any, default: Any = None) -> tuple[Any, Any]:
    if isinstance(item, str):
        first, _, second = item.partition(":")
        return first.strip(), second.strip() or default
    first, second = item
    return first, second
