"""Who is asked to work: processes of this machine, or those of a Dask cluster.

Dask trusts its network: whoever reaches the scheduler can run anything on every worker. Processes
of this machine listen on 127.0.0.1 only; a cluster's address may begin with ``tls://``.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final, Self

import psutil

from impasto._version import __version__
from impasto.cluster.crew import TRIED_AGAIN, Crew
from impasto.cluster.worker import OF_THE_LIMIT, version_there
from impasto.errors import SettingsError, UsageError
from impasto.extras import require
from impasto.machine import container_rest

ON_A_CLUSTER: Final = {"ahead": 2, "least": 16}
"""Orders on their way: none waits for the next one, and clusters grow by what waits."""

ON_THIS_MACHINE: Final = {"ahead": 1, "least": 1}
"""Here the way is short, and Dask suspects every order that a lost worker had before it."""

FIRST_ANSWER: Final = 10.0
"""Seconds that a scheduler has to answer the first time."""

TO_START_AGAIN: Final = "2 minutes"
"""What a lost worker of this machine may take until it is there again: others may be busy."""

TO_COME: Final = 30.0
"""Seconds after which the work begins with those workers that have come."""

A_PROCESS: Final = 0.6e9
"""Bytes that a process takes before it paints: Python, torch, a network."""

FOR_THE_SYSTEM: Final = 0.8
"""The share of the free memory that workers of this machine may take together."""


def require_dask() -> Any:
    """Return Dask's package for clusters.

    Raises:
        SettingsError: If it is not installed; the message says how to get it.
    """
    return require("distributed", "cluster", "painting with several workers needs Dask")


@dataclass(frozen=True)
class Hands:
    """Who is to work: this process alone, processes of this machine, or a cluster.

    Attributes:
        workers: How many processes of this machine; 0 for as many as it has room for.
        cluster: The address of a Dask scheduler.
    """

    workers: int | None = None
    cluster: str | None = None

    @classmethod
    def of(cls, workers: str | int | None, cluster: str | None) -> Self:
        """Return what was asked for; nobody is hired yet.

        Args:
            workers: A number, or ``"auto"``.
            cluster: An address.

        Raises:
            SettingsError: If both are given, one is wrong, or Dask is not installed.
        """
        if workers is not None and cluster is not None:
            raise SettingsError("workers and cluster exclude each other: a cluster has its own.")
        count = 0 if workers == "auto" else None
        if workers not in (None, "auto"):
            count = int(workers) if str(workers).isdecimal() else 0
            if count < 1:
                raise SettingsError(f"workers is {workers}: it must be a number, or auto.")
        if workers is not None or cluster is not None:
            require_dask()
        return cls(count, cluster)

    @property
    def others(self) -> bool:
        """Whether others work than this process."""
        return self.workers is not None or self.cluster is not None

    @contextmanager
    def hired(self, memory: float, orders: int, own: float = 0) -> Iterator[Crew]:
        """Yield the workers; processes of this machine end with the block.

        Args:
            memory: Bytes that the largest order needs, an estimate.
            orders: How many there are: no more workers of this machine are started.
            own: Bytes that this process is going to take meanwhile.

        Raises:
            UsageError: If there is no such cluster.
        """
        if self.cluster is not None:
            with hire(self.cluster) as crew:
                yield crew
        else:
            count = self.workers or most_here(memory + A_PROCESS, own)
            with hire_here(min(count, orders), own) as crew:
                yield crew


@contextmanager
def hire(address: str) -> Iterator[Crew]:
    """Yield the workers of a Dask cluster.

    Args:
        address: Of its scheduler, such as ``tcp://host:8786``.

    Raises:
        UsageError: If there is none.
    """
    distributed = require_dask()
    try:
        client = distributed.Client(address, timeout=FIRST_ANSWER, set_as_default=False)
    except (OSError, ValueError, TypeError, ImportError) as error:
        why = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UsageError(
            f"there is no Dask scheduler at '{address}' ({why}): give the address that "
            "`dask scheduler` prints, like tcp://host:8786."
        ) from None
    with client:
        try:
            versions = set(client.run(version_there).values())
        except Exception as error:
            raise UsageError(
                f"the workers of '{address}' cannot paint ({type(error).__name__}: {error}): "
                f"install Impasto {__version__} where they are."
            ) from None
        if versions - {__version__}:
            raise UsageError(
                f"the workers of '{address}' have Impasto {', '.join(sorted(versions))}, and here "
                f"is {__version__}: install the same version there."
            )
        yield Crew(client, **ON_A_CLUSTER)


@contextmanager
def hire_here(workers: int, own: float = 0) -> Iterator[Crew]:
    """Yield processes of this machine, with one thread each; they end with the block.

    Args:
        workers: How many, 1 or more.
        own: Bytes that this process is going to take meanwhile.
    """
    distributed = require_dask()
    import dask

    quiet = {
        "distributed.scheduler.allowed-failures": TRIED_AGAIN,
        "distributed.deploy.lost-worker-timeout": TO_START_AGAIN,  # the usual 15 s are short
        "distributed.admin.large-graph-warning-threshold": "1GB",
        "distributed.worker.preload": ["impasto.cluster.deaf"],
        "distributed.worker.memory.spill": False,
        "distributed.worker.memory.target": False,
        "logging.distributed": "critical",
    }
    with dask.config.set(quiet):
        cluster = distributed.LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",  # any port, also for numbers without a dashboard
            memory_limit=int(memory_each(workers, own)),
            silence_logs=logging.CRITICAL,
        )
        with cluster, distributed.Client(cluster, set_as_default=False) as client:
            with suppress(TimeoutError):  # what they share out depends on how many there are
                client.wait_for_workers(workers, timeout=TO_COME)
            yield Crew(client, **ON_THIS_MACHINE)


def memory_each(workers: int, own: float = 0) -> float:
    """Return the bytes that each of so many workers of this machine may take."""
    free = min(float(psutil.virtual_memory().available), container_rest())
    return max(FOR_THE_SYSTEM * free - own, 1) / workers


def most_here(needed: float, own: float = 0) -> int:
    """Return how many processes of this machine can work at once: one a core, and memory for each.

    Args:
        needed: Bytes that each of them takes.
        own: Bytes that this process is going to take.
    """
    cores = len(psutil.Process().cpu_affinity()) if hasattr(psutil.Process, "cpu_affinity") else 0
    cores = cores or psutil.cpu_count() or 1
    return max(1, min(cores, int(memory_each(1, own) * OF_THE_LIMIT / needed)))
