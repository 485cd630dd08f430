"""Workers that are given orders, wherever they are, and what becomes of each order.

What fails for a reason of its own is an answer like any other, and stops nothing. A worker that is
lost takes nothing along: Dask gives its order to another one, with everything that is needed.
"""

from __future__ import annotations

import math
import queue
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from impasto.cluster.parcel import Call, Files, Missing, Order, Parcel
from impasto.cluster.worker import perform
from impasto.errors import ImpastoError

TRIED_AGAIN: Final = 2
"""How often an order is begun again whose worker was lost, or had no disk left."""

LISTEN: Final = 0.2
"""Seconds after which a look is taken at whether to stop."""

FETCH: Final = 60.0
"""Seconds after which a look is taken at whether an answer was lost with the worker that had it."""


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
    """Workers that call a function, see `impasto.cluster.hiring`."""

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
    def memory(self) -> float:
        """Bytes that the smallest of them may take, infinity without a limit; one has to be."""
        self.await_one()
        there = self.client.scheduler_info(n_workers=-1)["workers"].values()
        return min((each["memory_limit"] or math.inf for each in there), default=math.inf)

    @property
    def dashboard(self) -> str:
        """The address of Dask's own page about the work; empty if there is none."""
        return str(self.client.dashboard_link or "") if _has_dashboard() else ""

    def await_one(self) -> None:
        """Wait until there is a worker.

        Raises:
            OSError: If the scheduler does not answer.
        """
        while not self.client.nthreads():
            self.refill()
            with suppress(TimeoutError):
                self.client.wait_for_workers(1, timeout=LISTEN)

    def refill(self) -> None:
        """Have workers of this machine started again that have gone, and do not come by themselves.

        Dask gives up one that ends while it is starting, or that takes too long to start again.
        """
        cluster = self.client.cluster
        if cluster is not None and self.size < len(cluster.worker_spec):
            cluster.scale(len(cluster.worker_spec))

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

        event = None
        while self.waiting or self.begun:
            try:
                yield from self._begin()  # first: nobody waits while an answer is written
                yield from self._heard(event)
                if stop():
                    return
                event = self._listen()
            except (OSError, ClosedClientError):
                yield from self._lost()

    def _listen(self) -> Any:
        """Return the next event, or None after a while."""
        try:
            return self.events.get(timeout=LISTEN)
        except queue.Empty:
            self.crew.refill()
            return None

    def _begin(self) -> Iterator[Answer]:
        """Send parcels, as many as shall be on their way.

        Raises:
            OSError: If the scheduler does not answer.
        """
        if not self.waiting:
            return
        most = max(self.crew.ahead * self.crew.size, self.crew.least)
        while self.waiting and sum(not future.done() for future in self.begun) < most:
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
        self._await(future, order)

    def _await(self, future: Any, order: Order) -> None:
        """Wait for what becomes of an order that is under way."""
        self.begun[future] = order
        future.add_done_callback(self.events.put)

    def _heard(self, event: Any) -> Iterator[Answer | WorkerReport]:
        """Yield what a worker has said, or what a task has become; nothing, if nothing was."""
        if isinstance(event, dict):
            if "order" in event:
                yield WorkerReport(event["order"], f"worker {event['worker']}", event["share"])
            return
        order = self.begun.pop(event, None)
        if order is None:  # of those that were given up
            return
        try:
            value = event.result(FETCH)
        except Exception as error:
            if isinstance(error, TimeoutError) and event.status != "error":
                self._await(event, order)  # it was there, and is being made again
            else:
                yield Answer(order, error=explained(error))
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


def explained(error: Exception) -> Exception:
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


def _has_dashboard() -> bool:
    from importlib.util import find_spec

    return find_spec("bokeh") is not None
