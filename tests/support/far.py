"""What workers are asked to do in tests of the map over workers."""

import os
import signal
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(eq=False)
class Thing:
    """Something that travels once; where it comes, it counts how often it is seen."""

    value: object
    seen: int = 0
    parts: list = field(default_factory=list)


def see(common: Thing, item: Thing):
    """Tell how often both have been seen here, and by which process."""
    common.seen += 1
    item.seen += 1
    return item.value, common.seen, item.seen, os.getpid()


def add(common, item):
    return common.value + item


def die_once(mark: str, item):
    """End this process, but only the first one that comes here."""
    try:
        Path(mark).touch(exist_ok=False)
    except FileExistsError:
        return item
    return os.kill(os.getpid(), signal.SIGKILL)


def fail(item):
    raise ValueError(f"no {item}")
