"""Who works: processes of this machine, or those of a Dask cluster, by the same few lines.

What fails for a reason of its own is an answer like any other, and stops nothing. A worker that is
lost takes nothing along: Dask gives its order to another one, with everything that is needed.

Dask trusts its network: whoever reaches the scheduler can run anything on every worker. Processes
of this machine listen on 127.0.0.1 only; a cluster's address may begin with ``tls://``.
"""

from __future__ import annotations

import logging
import queue
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final, Self

import psutil

from impasto._version import __version__
from impasto.cluster.parcel import Call, Files, Missing, Order, Parcel
from impasto.cluster.worker import OF_THE_LIMIT, perform, version_there
from impasto.errors import ImpastoError, SettingsError, UsageError
from impasto.extras import require
from impasto.machine import container_rest

ON_A_CLUSTER: Final = {"ahead": 2, "least": 16}
"""Orders on their way: none waits for the next one, and clusters grow by what waits."""

ON_THIS_MACHINE: Final = {"ahead": 1, "least": 1}
"""Here the way is short, and Dask suspects every order that a lost worker had before it."""

TRIED_AGAIN: Final = 2
"""How often an order is begun again whose worker was lost, or had no disk left."""

FIRST_ANSWER: Final = 10.0
"""Seconds that a scheduler has to answer the first time."""

LISTEN: Final = 0.2
"""Seconds after which a look is taken at whether to stop."""

A_PROCESS: Final = 0.6e9
"""Bytes that a process takes before it paints: Python, torch, a network."""

FOR_THE_SYSTEM: Final = 0.8
"""The share of the free memory that workers of this machine may take together."""


@dataclass(frozen=True)
class WorkerReport:
    """How far an order is.

    Attributes:
        order: Its name.
        worker: The name of who works on it.
        share: What is done, in [0, 1].
    """

    order: str
    worker: str
    share: float


@dataclass(frozen=True)
class Answer:
    """What has become of an order.

    Attributes:
        order: The order.
        value: What the function has returned.
        error: What it has raised, or what has kept it from being called; None if all went well.
        files: The SHA-256 of the files that were sent for it, by path.
    """

    order: Order
    value: Any = None
    error: Exception | None = None
    files: Mapping[str, str] = field(default_factory=dict)


class Crew:
    """Workers that call a function, see `hire` and `hire_here`."""

    def __init__(self, client: Any, ahead: int, least: int) -> None:
        """Take the workers of a ``distributed.Client``.

        Args:
            client: The client.
            ahead: Orders that are on their way for each of them.
            least: How many are at least, where there are few workers, or none yet.
        """
        self.client, self.ahead, self.least = client, ahead, least

    @property
    def size(self) -> int:
        """How many parcels can be worked on at once, now."""
        return sum(self.client.nthreads().values())

    @property
    def dashboard(self) -> str:
        """The address of Dask's own page about the work; empty if there is none."""
        return str(self.client.dashboard_link or "") if _has_dashboard() else ""

    def each(
        self, call: Call, orders: Iterable[Order], stop: Callable[[], bool] = lambda: False
    ) -> Iterator[Answer | WorkerReport]:
        """Yield what becomes of every order, as the answers come, and reports in between.

        Args:
            call: What the workers call.
            orders: The longest is begun first.
            stop: Asked several times a second: then what has not begun never begins, what has
                begun is given up, and the iterator ends.
        """
        work = _Work(self, call, orders)
        try:
            yield from work.answers(stop)
        finally:
            work.end()


class _Work:
    """One call of `Crew.each`."""

    def __init__(self, crew: Crew, call: Call, orders: Iterable[Order]) -> None:
        from distributed import Variable

        self.crew, self.call = crew, call
        self.waiting = sorted(orders, key=lambda order: order.seconds)
        self.begun: dict[Any, Order] = {}
        self.files = Files()
        self.events: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.topic = f"impasto-{secrets.token_hex(8)}"
        self.wanted = Variable(self.topic, client=crew.client)
        self.wanted.set(True)
        crew.client.subscribe_topic(self.topic, lambda event: self.events.put(event[1]))

    def answers(self, stop: Callable[[], bool]) -> Iterator[Answer | WorkerReport]:
        """Keep the workers busy, and yield what they say."""
        from distributed.client import ClosedClientError

        while self.waiting or self.begun:
            try:
                yield from self._begin()
                if stop():
                    return
                with suppress(queue.Empty):
                    yield from self._heard(self.events.get(timeout=LISTEN))
            except (OSError, ClosedClientError):
                yield from self._lost()

    def _begin(self) -> Iterator[Answer]:
        """Send parcels, as many as shall be on their way.

        Raises:
            OSError: If the scheduler does not answer.
        """
        if not self.waiting:
            return
        most = max(self.crew.ahead * self.crew.size, self.crew.least)
        while self.waiting and len(self.begun) < most:
            order = self.waiting.pop()
            try:
                self._send(order, None)
            except ImpastoError as error:
                yield Answer(order, error=error)

    def _send(self, order: Order, missing: Missing | None) -> None:
        """Send an order, with the files that nobody has been sent yet or that a worker misses."""
        paths = order.files if missing is None else missing.paths
        contents = self.files.read(paths, again=missing is not None)
        hashes = {path: self.files.hashes[path] for path in order.files}
        future = self.crew.client.submit(
            *(perform, Parcel(order, self.call, hashes, contents, self.topic)),
            key=f"{self.topic}-{secrets.token_hex(8)}",
            pure=False,
            retries=TRIED_AGAIN,
            workers=missing and [missing.worker],
            allow_other_workers=missing is not None,
            priority=0 if missing is None else 1,  # its turn had come
        )
        self.begun[future] = order
        future.add_done_callback(self.events.put)

    def _heard(self, event: Any) -> Iterator[Answer | WorkerReport]:
        """Yield what a worker has said, or what a task has become."""
        if isinstance(event, dict):
            if "order" in event:
                yield WorkerReport(event["order"], f"worker {event['worker']}", event["share"])
            return
        order = self.begun.pop(event, None)
        if order is None:  # of those that were given up
            return
        try:
            value = event.result()
        except Exception as error:
            yield Answer(order, error=_explained(error))
            return
        if not isinstance(value, Missing):
            yield Answer(
                order, value, files={path: self.files.hashes[path] for path in order.files}
            )
            return
        try:
            self._send(order, value)
        except ImpastoError as error:
            yield Answer(order, error=error)

    def _lost(self) -> Iterator[Answer]:
        """Yield what is left when the scheduler has gone."""
        error = ImpastoError("the scheduler has gone: the same command goes on with another one.")
        left = [*self.begun.values(), *self.waiting]
        self.begun, self.waiting = {}, []
        yield from (Answer(order, error=error) for order in left)

    def end(self) -> None:
        """Take back what has not begun, and let workers know."""
        with suppress(Exception):  # the scheduler may have gone
            self.wanted.delete()
            self.crew.client.cancel(list(self.begun))
            self.crew.client.unsubscribe_topic(self.topic)


def _explained(error: Exception) -> Exception:
    """Return what to tell of an error that is Dask's own."""
    from distributed import KilledWorker
    from distributed.client import FutureCancelledError

    if isinstance(error, KilledWorker):
        return ImpastoError(
            f"{error.allowed_failures + 1} workers ended over it, one after the other: it may need "
            "more memory than they have; fewer workers get more each."
        )
    if isinstance(error, FutureCancelledError):
        return ImpastoError("the scheduler has lost it: the same command paints it again.")
    return error


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
    def hired(self, memory: float, orders: int) -> Iterator[Crew]:
        """Yield the workers; processes of this machine end with the block.

        Args:
            memory: Bytes that the largest order needs, an estimate.
            orders: How many there are: no more workers of this machine are started.

        Raises:
            UsageError: If there is no such cluster.
        """
        if self.cluster is not None:
            with hire(self.cluster) as crew:
                yield crew
        else:
            count = self.workers or most_here(memory + A_PROCESS)
            with hire_here(min(count, orders)) as crew:
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
def hire_here(workers: int) -> Iterator[Crew]:
    """Yield processes of this machine, with one thread each; they end with the block.

    Args:
        workers: How many, 1 or more.
    """
    distributed = require_dask()
    import dask

    quiet = {
        "distributed.scheduler.allowed-failures": TRIED_AGAIN,
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
            memory_limit=int(memory_each(workers)),
            silence_logs=logging.CRITICAL,
        )
        with cluster, distributed.Client(cluster, set_as_default=False) as client:
            yield Crew(client, **ON_THIS_MACHINE)


def memory_each(workers: int) -> float:
    """Return the bytes that each of so many workers of this machine may take."""
    free = min(float(psutil.virtual_memory().available), container_rest())
    return FOR_THE_SYSTEM * free / workers


def most_here(needed: float) -> int:
    """Return how many processes of this machine can work at once: one a core, and memory for each.

    Args:
        needed: Bytes that each of them takes.
    """
    cores = len(psutil.Process().cpu_affinity()) if hasattr(psutil.Process, "cpu_affinity") else 0
    cores = cores or psutil.cpu_count() or 1
    return max(1, min(cores, int(memory_each(1) * OF_THE_LIMIT / needed)))


def _has_dashboard() -> bool:
    from importlib.util import find_spec

    return find_spec("bokeh") is not None
