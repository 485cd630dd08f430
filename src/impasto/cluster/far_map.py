"""A ``map`` whose function is called by workers, and gives the same whatever becomes of them.

What lasts from one call to the next stays where it has been sent, with all that has been learned
there about it. A worker that is new, or comes for one that was lost, says what it lacks, and is
sent that.
"""

from __future__ import annotations

import asyncio
import secrets
import weakref
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Future, wait
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, final

import torch

from impasto.cluster.crew import TRIED_AGAIN, Crew, explained
from impasto.cluster.packing import Packed, Token
from impasto.cluster.worker import working
from impasto.errors import ImpastoError
from impasto.machine import give_back_from

AHEAD: Final = 2
"""Items on their way to each worker: none waits for the next one."""


WATCH: Final = 2.0
"""Seconds without an answer after which a look is taken at whether the worker is still there."""


GIVEN_BACK: Final = 2**20
"""Bytes of a tensor from which its memory is given back at once. Memory that is kept has holes,
where things that last lie between those that come and go: workers took a third more than tensors
need, and how much they take is what the size of their items is chosen by."""


@dataclass(frozen=True)
class FarTask:
    """A function and an item on their way, and what they are made of.

    Attributes:
        owner: Who asks, a name for one `FarMap`.
        call: The function and the item, packed.
        needs: What lasts of them.
        lasting: That part of it that the worker is not known to have, in the order in which one is
            made of the others.
        forgotten: What nobody will ask for again.
    """

    owner: str
    call: Packed
    needs: tuple[Token, ...]
    lasting: dict[Token, Packed]
    forgotten: tuple[Token, ...]

    @property
    def nbytes(self) -> int:
        """How much travels."""
        return self.call.nbytes + sum(each.nbytes for each in self.lasting.values())


@dataclass(frozen=True, eq=False)
class _Sent:
    """An item, whom it was sent to, the task that Dask makes of it, and what will be the answer."""

    item: Any
    worker: str
    task: Any
    answer: Future[Any]


@dataclass(frozen=True)
class Lacking:
    """A worker's answer that it has not what a task is made of.

    Attributes:
        worker: Its address.
        tokens: Of what it lacks.
    """

    worker: str
    tokens: tuple[Token, ...]


_here: dict[str, dict[Token, Any]] = {}
"""What lasts in this process, a worker; of one owner only."""


def carry(task: FarTask) -> Packed | Lacking:
    """Do a task, on a worker."""
    with working() as worker, torch.inference_mode(False):
        give_back_from(GIVEN_BACK)
        if task.owner not in _here:
            _here.clear()  # of an owner that may never have said goodbye
        lasting = _here.setdefault(task.owner, {})
        for token in task.forgotten:
            lasting.pop(token, None)
        for token, packed in task.lasting.items():
            with suppress(KeyError):  # that is missing as well
                lasting[token] = packed.unpacked(lasting)
        if missing := tuple(token for token in task.needs if token not in lasting):
            return Lacking(worker.address, missing)
        function, item = task.call.unpacked(lasting)
        return Packed.of(function(item))


@final
class FarMap:
    """A map over workers, see `impasto.objective.tiled`.

    Attributes:
        crew: The workers.
        sent: Bytes that have been sent to them.
        received: Bytes that have come back.
    """

    def __init__(self, crew: Crew, lasting: tuple[type, ...]) -> None:
        """Begin with workers that have nothing.

        Args:
            crew: The workers.
            lasting: The types of objects that travel once to each worker, and stay there as long
                as they are alive here. They have to stay as they are here; there they may keep
                what has been found out about them.
        """
        self.crew = crew
        self.owner, self.sent, self.received = secrets.token_hex(8), 0, 0
        self.lasting = _Lasting((*lasting, partial))
        self.there: dict[str, set[Token]] = {}

    def __call__(self, function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
        """Yield what a function gives for every item, in their order.

        Args:
            function: What all items have in common, such as the first arguments of a partial
                function, travels once to each worker; it must be importable there.
            items: They and what they are made of may be of the types that last.

        Raises:
            ImpastoError: If the workers have gone, or one item has ended several.
        """
        items = list(items)
        workers = self._workers()
        share = -(-len(items) // len(workers))
        load: Counter[str] = Counter()
        begun: deque[_Sent] = deque()
        try:
            for item in items:
                worker = self._choose(item, workers, load, share)
                load[worker] += 1
                begun.append(self._send(function, item, worker))
                if len(begun) >= AHEAD * len(workers):
                    yield self._answer(function, begun[0])
                    begun.popleft()
            while begun:
                yield self._answer(function, begun[0])
                begun.popleft()
        finally:
            if begun:
                with suppress(Exception):  # the scheduler may have gone
                    self.crew.client.cancel([each.task for each in begun])

    def _workers(self) -> list[str]:
        """Return the addresses of all workers; wait if there is none yet."""
        try:
            found = sorted(self.crew.client.nthreads())
            if not found:
                self.crew.await_one()
                found = sorted(self.crew.client.nthreads())
        except OSError as error:
            raise _gone() from error
        for lost in set(self.there).difference(found):
            del self.there[lost]
        return found

    def _choose(self, item: Any, workers: list[str], load: Counter[str], share: int) -> str:
        """Return the worker that has most of an item, if it has not got its share yet."""
        tokens = set(self.lasting.needs(item))

        def rank(worker: str) -> tuple[int, int]:
            return -len(tokens & self.there.get(worker, set())), load[worker]

        return min((each for each in workers if load[each] < share), key=rank)

    def _send(self, function: Any, item: Any, worker: str) -> _Sent:
        """Send a worker an item with what it does not have."""
        call, needs = self.lasting.pack((function, item))
        there = self.there.setdefault(worker, set())
        forgotten = there - self.lasting.alive()
        task = FarTask(
            self.owner,
            call,
            needs,
            {token: self.lasting.packed(token) for token in needs if token not in there},
            tuple(forgotten),
        )
        there -= forgotten
        there |= set(needs)
        self.sent += task.nbytes
        future = self.crew.client.submit(
            *(carry, task),
            key=f"impasto-{secrets.token_hex(8)}",
            pure=False,
            retries=TRIED_AGAIN,
            workers=[worker],
        )
        return _Sent(item, worker, future, self._fetched(future))

    def _fetched(self, task: Any) -> Future[Any]:
        """Return what will be the result of a task, brought here as soon as it is there."""

        async def fetch() -> Any:
            return await self.crew.client.gather(task, asynchronous=True)

        return asyncio.run_coroutine_threadsafe(fetch(), self.crew.client.loop.asyncio_loop)

    def _answer(self, function: Any, sent: _Sent) -> Any:
        """Return what a function gives for an item, once it is there."""
        from distributed.client import ClosedClientError, FutureCancelledError

        while True:
            if not wait([sent.answer], WATCH).done:
                # Dask would wait for that very worker. To let it choose another one would be to
                # let it move tasks away from what they need, whenever somebody has less to do.
                workers = self._workers()
                if sent.worker not in workers:
                    self.crew.client.cancel([sent.task])
                    sent = self._send(function, sent.item, workers[0])
                continue
            try:
                answer = sent.answer.result()
            except (FutureCancelledError, ClosedClientError, CancelledError) as error:
                raise _gone() from error
            except Exception as error:
                raise explained(error) from error
            if isinstance(answer, Packed):
                self.received += answer.nbytes
                return answer.unpacked()
            self.there.setdefault(answer.worker, set()).difference_update(answer.tokens)
            sent = self._send(function, sent.item, answer.worker)


@final
class _Lasting:
    """What travels once, with the tokens by which it is known."""

    def __init__(self, types: tuple[type, ...]) -> None:
        self.types = types
        self.tokens: weakref.WeakKeyDictionary[Any, Token] = weakref.WeakKeyDictionary()
        self.things: weakref.WeakValueDictionary[Token, Any] = weakref.WeakValueDictionary()
        self.parts: dict[Token, tuple[Token, ...]] = {}
        self.fresh: dict[Token, Packed] = {}
        self.count = 0

    def alive(self) -> set[Token]:
        """Return the tokens of what somebody may still ask for."""
        return set(self.things)

    def needs(self, what: Any) -> tuple[Token, ...]:
        """Return the tokens of an object that lasts and of all that it is made of, it the last."""
        token = self._name(what)
        return () if token is None else (*self.parts[token], token)

    def packed(self, token: Token) -> Packed:
        """Return what a token stands for."""
        return self.fresh.pop(token, None) or self.pack(self.things[token])[0]

    def pack(self, what: Any) -> tuple[Packed, tuple[Token, ...]]:
        """Return an object packed, and the tokens of all that lasts in it, parts first."""
        found: dict[Token, None] = {}

        def name(each: Any) -> Token | None:
            found.update(dict.fromkeys(self.needs(each)))
            return self._name(each)

        packed = Packed.of(what, name)
        return packed, tuple(found)

    def _name(self, what: Any) -> Token | None:
        """Return the token of what lasts."""
        if not isinstance(what, self.types):
            return None
        if what not in self.tokens:
            token, self.count = f"{self.count}", self.count + 1
            self.fresh[token], self.parts[token] = self.pack(what)
            self.tokens[what], self.things[token] = token, what
            weakref.finalize(what, self._forget, token)
        return self.tokens[what]

    def _forget(self, token: Token) -> None:
        self.parts.pop(token, None)
        self.fresh.pop(token, None)


def _gone() -> ImpastoError:
    return ImpastoError("the scheduler has gone: the same command with --resume goes on.")
