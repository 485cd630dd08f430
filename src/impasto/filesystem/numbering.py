"""Names for files that are not to take the place of others."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path


def numbered(path: Path) -> Iterator[Path]:
    """Yield a name, and then the same ending in -2, -3, ..., without end.

    Example:
        >>> [path.name for path in itertools.islice(numbered(Path("a.png")), 3)]
        ['a.png', 'a-2.png', 'a-3.png']
    """
    yield path
    for number in itertools.count(2):
        yield path.with_stem(f"{path.stem}-{number}")
