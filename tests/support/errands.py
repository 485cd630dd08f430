"""What workers are asked to do in tests: they import it from here."""

import os
import time
from collections.abc import Mapping
from pathlib import Path

from impasto.cluster import Wire


def contents(argument: str, places: Mapping[str, str], line: Wire) -> tuple[str, dict[str, bytes]]:
    """Return the argument, and what the files hold."""
    return argument, {path: Path(place).read_bytes() for path, place in places.items()}


def names(argument: object, places: Mapping[str, str], line: Wire) -> list[str]:
    """Return what files are called here."""
    return [Path(place).name for place in places.values()]


def fail(argument: Exception, places: Mapping[str, str], line: Wire) -> None:
    """Raise the argument."""
    raise argument


def die(argument: object, places: Mapping[str, str], line: Wire) -> None:
    """End this process at once."""
    os._exit(1)


def die_once(marker: str, places: Mapping[str, str], line: Wire) -> str:
    """End this process at once, unless a file is there already."""
    if not Path(marker).exists():
        Path(marker).touch()
        os._exit(1)
    return "done"


def wait(argument: str, places: Mapping[str, str], line: Wire) -> None:
    """Report until nobody listens, and then say so in a file."""
    while not line.stopped:
        line.report(0.5)
        time.sleep(0.05)
    Path(argument).touch()
