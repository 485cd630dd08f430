"""The processes that paint one picture together, as ``torchrun`` starts them: ranks.

All of them run the same program. What decides is known to all alike, so there is no master: a sum
is gathered and added up by everybody in the same order, and bad input of one is bad input of all.
The first rank speaks for all of them, and has their exit code; what the others print vanishes.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Self, final

import torch.distributed as dist
from torch import Tensor
from torch.distributed.rendezvous import rendezvous

from impasto.errors import ImpastoError, UsageError, explain
from impasto.interruption import INTERRUPTION, mute

LONGEST_WAIT: Final = timedelta(minutes=30)
"""What a rank may take longer than another one. That one has ended is known at once."""

SPEAKING: Final = 2.0
"""Seconds in which the first rank finds that another one has failed, and says so."""

FAILURE: Final = "impasto: failure"
"""Where a rank leaves its last words for the others."""


@dataclass(frozen=True, eq=False)
class Move:
    """Numbers that go from one rank to another one.

    Attributes:
        source: The rank that has them.
        target: The rank that wants them.
        here: The numbers, on the rank that has them; contiguous.
        there: Where they go, on the rank that wants them; likewise.
    """

    source: int
    target: int
    here: Tensor | None
    there: Tensor | None


@final
class Ranks:
    """The processes that paint one picture.

    Attributes:
        rank: The number of this one, from 0.
        size: How many there are.
        failed: Whether something went wrong in the midst of the work: the others are not where
            this one is, and there is nothing left to do together.
    """

    def __init__(self, rank: int, size: int, store: Any) -> None:
        self.rank, self.size, self.store = rank, size, store
        self.failed = False

    @classmethod
    @contextmanager
    def joined(cls) -> Iterator[Self]:
        """Yield the processes, once all of them are there.

        Raises:
            ImpastoError: If one of them has ended; the first rank says why, if that is known.
        """
        store, rank, size = next(rendezvous("env://", timeout=LONGEST_WAIT))
        dist.init_process_group(
            "gloo", store=store, rank=rank, world_size=size, timeout=LONGEST_WAIT
        )
        ranks = cls(rank, size, store)
        if rank and not os.environ.get("IMPASTO_DEBUG"):
            for stream in (sys.stdout, sys.stderr):
                mute(stream.fileno())
        try:
            yield ranks
        except Exception as error:
            said = str(error) if isinstance(error, ImpastoError) else explain(error)
            with suppress(RuntimeError):
                if not store.check([FAILURE]):
                    store.set(FAILURE, said)
            if rank:  # torchrun ends all as soon as one has failed, and the first is to speak
                time.sleep(SPEAKING)
            raise
        finally:
            dist.destroy_process_group()

    @property
    def is_first(self) -> bool:
        """Whether this is the one that speaks and writes for all."""
        return self.rank == 0

    def gather(self, what: Any) -> list[Any]:
        """Return what every rank has, in their order."""
        found: list[Any] = [None] * self.size
        with self._together():
            dist.all_gather_object(found, what)
        return found

    def exchange(self, moves: Sequence[Move]) -> None:
        """Carry out moves between ranks, all of which give the same ones in the same order."""
        pending = []
        with self._together():
            for tag, move in enumerate(moves):
                if move.here is not None:
                    pending.append(dist.isend(move.here, move.target, tag=tag))
                elif move.there is not None:
                    pending.append(dist.irecv(move.there, move.source, tag=tag))
            for work in filter(None, pending):
                work.wait()

    def has_come(self) -> bool:
        """Tell whether a signal has asked any rank to stop: then all of them do."""
        came: int = max(self.gather(INTERRUPTION.came or 0))
        if came and INTERRUPTION.came is None:
            INTERRUPTION.came = came
        return came > 0

    @contextmanager
    def agreed(self) -> Iterator[None]:
        """Let an error of one rank in a block be one of all; no rank waits for another in it.

        Raises:
            UsageError: On the first rank; so any error of one rank.
            SystemExit: On the others, which have nothing to add.
        """
        error: Exception | None = None
        try:
            yield
        except Exception as raised:
            error = raised
        found = [each for each in self.gather(_sentence(error)) if each is not None]
        if not found:
            return
        if not self.is_first:
            sys.exit(0)
        if error is not None:
            raise error
        sentence, code = found[0]
        raise (UsageError if code == UsageError.exit_code else ImpastoError)(sentence)

    @contextmanager
    def failing(self) -> Iterator[None]:
        """Note whether a block fails."""
        try:
            yield
        except Exception:
            self.failed = True
            raise

    @contextmanager
    def _together(self) -> Iterator[None]:
        """Say in a block what it means when another rank does not answer."""
        try:
            yield
        except RuntimeError as error:  # of gloo
            self.failed = True
            raise ImpastoError(self._last_words()) from error

    def _last_words(self) -> str:
        """Return why another rank has ended, if it has said so."""
        with suppress(RuntimeError):  # the store may have been in the one that has ended
            if self.store.check([FAILURE]):
                return str(self.store.get(FAILURE).decode())
        return "another process of this painting has ended: the same command with --resume goes on"


def _sentence(error: Exception | None) -> tuple[str, int] | None:
    """Return what an error says, and the exit code that it means."""
    if error is None:
        return None
    if isinstance(error, ImpastoError):
        return str(error), error.exit_code
    return explain(error), ImpastoError.exit_code
