"""The memory that control groups of Linux leave to this process: of a container, a batch job, ...

A limit may stand in the process's own group or in any above it, as under Slurm and systemd.

Source: "Control Group v2" and "Memory Resource Controller" in the documentation of Linux;
cgroups(7) for ``/proc/self/cgroup``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

GROUPS = Path("sys/fs/cgroup")


def container_rest(root: Path = Path("/")) -> float:
    """Return the bytes that the tightest control group leaves; infinity without a limit.

    Args:
        root: Of the file system.
    """
    return min(map(_rest, _groups(root)), default=math.inf)


def _groups(root: Path) -> Iterator[Path]:
    """Yield the folders of the process's groups and of all above them, in both versions.

    In a container, the path that the process is told may be that of another view of the groups:
    then only the uppermost folder is there, and it is the container's own.
    """
    try:
        lines = (root / "proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        lines = []
    for line in [*lines, "0::/"]:
        _, controllers, path = line.split(":", 2)
        if controllers and "memory" not in controllers.split(","):
            continue
        top = root / GROUPS / ("memory" if controllers else "")
        own = top / path.strip("/")
        yield from (own, *(above for above in own.parents if above.is_relative_to(top)))


def _rest(group: Path) -> float:
    """Return what one group leaves to its processes; infinity if it has no limit."""
    for limit, used, cache in (
        ("memory.max", "memory.current", "inactive_file"),
        ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    ):
        try:
            most, taken = (float((group / name).read_text()) for name in (limit, used))
        except (OSError, ValueError):  # no such group, or a limit of "max"
            continue
        return most - max(taken - _statistic(group, cache), 0)
    return math.inf


def _statistic(group: Path, name: str) -> float:
    """Return a number of ``memory.stat``; files that were read are dropped when memory is short."""
    try:
        lines = (group / "memory.stat").read_text().splitlines()
        return float(dict(line.split() for line in lines).get(name, 0))
    except (OSError, ValueError):
        return 0.0
