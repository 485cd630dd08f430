"""What is to be painted, and in which order: one after another, and every page in turn."""

from __future__ import annotations

import itertools
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, IntEnum, auto
from typing import Protocol, TypeGuard

from impasto.run import Eta, Result
from impasto.settings import Settings
from impasto.studio.entry import Entry
from impasto.studio.inputs import Upload
from impasto.studio.regions import NONE, Masks
from impasto.studio.store import Store

_numbers = itertools.count(1)


class TaskState(Enum):
    """Where a task is. The last four are final."""

    WAITING = "waiting"
    PREPARING = "getting ready"
    PAINTING = "painting"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"
    CANCELED = "canceled"

    @property
    def final(self) -> bool:
        """Whether nothing more will happen."""
        return self in (TaskState.DONE, TaskState.STOPPED, TaskState.FAILED, TaskState.CANCELED)


class Turn(IntEnum):
    """Whose turn comes first."""

    AT_ONCE = auto()
    """What takes less than a second, while somebody turns a dial: not even what is being painted is
    waited for, only its evaluation."""
    IN_ORDER = auto()
    """What somebody has asked for by pressing a button."""
    BEHIND = auto()
    """What nobody has asked for: it gives way to everything else."""


class AnyTask(Protocol):
    """What the queue and the worker need to know of what is to be made: see `Task`."""

    session: str
    turn: Turn
    state: TaskState
    sentence: str
    stopping: bool

    @property
    def store(self) -> object:
        """Where the result goes."""

    @property
    def title(self) -> str:
        """What to call it."""

    @property
    def share(self) -> float:
        """How much of the work is done, in [0, 1]."""

    def release(self) -> None:
        """Free what is needed during the work only."""


@dataclass(eq=False)
class Task:
    """One picture to paint, from the press of a button to its end. The worker changes it.

    Attributes:
        session: The page that asked for it.
        content: What is painted.
        styles: In whose style.
        settings: As asked for.
        masks: Which part is painted with which.
        store: The history that the result goes into; without one, it only goes onto a sheet.
        turn: When it is painted. Only what somebody has asked for is on the list of the page.
        state: Where it is.
        sentence: Why it failed, or what went wrong on the way.
        result: The picture as far as it has come, while it is being painted.
        left: Estimated seconds left.
        entry: Its place in the history, when it is finished.
        picture: A finished variant or sketch, as a data URI.
        sketch: A sketch of it, to be seen until it has begun, as a data URI.
        stopping: Whether somebody asked to stop and keep it.
    """

    session: str
    content: Upload
    styles: tuple[Upload, ...]
    settings: Settings
    masks: Masks = NONE
    store: Store | None = None
    turn: Turn = Turn.IN_ORDER
    state: TaskState = TaskState.WAITING
    sentence: str = ""
    result: Result | None = None
    left: float = 0.0
    entry: Entry | None = None
    picture: str = ""
    sketch: str = ""
    stopping: bool = False
    eta: Eta | None = None
    number: int = field(default_factory=lambda: next(_numbers))

    @property
    def title(self) -> str:
        """What to call the picture: ``cat in the style of swirls``."""
        styles = " and ".join(style.label for style in self.styles)
        return f"{self.content.label} in the style of {styles}"

    @property
    def share(self) -> float:
        """How much of the work is done, in [0, 1]."""
        if self.state.final:
            return 1.0
        result = self.result  # the worker takes it away at the end
        if result is None or result.step is None:
            return 0.0
        step = result.step
        return result.job.estimate.share(step.size, step.iteration)

    @property
    def wanted(self) -> tuple[Upload, tuple[Upload, ...], Settings, Masks]:
        """All that the picture depends on."""
        return self.content, self.styles, self.settings, self.masks

    def is_like(self, other: Task | None) -> TypeGuard[Task]:
        """Tell whether there is another one, and it would become the same picture."""
        return other is not None and self.wanted == other.wanted

    def release(self) -> None:
        """Free a network's worth of memory."""
        self.result = self.eta = None


Lane = tuple[Turn, str]
"""Tasks of one page that keep their order: all that have the same turn."""


class Queue:
    """Waiting tasks: pages take turns, and each page's own tasks keep their order.

    Example:
        Page A asks for three pictures, then page B for one: they are painted A, B, A, A.
    """

    def __init__(self) -> None:
        self.waiting: dict[Lane, deque[AnyTask]] = {}
        self.served: dict[Lane, int] = {}  # to the number of the last turn that it had
        self.changed = threading.Condition()
        self.closed = False

    def put(self, task: AnyTask) -> None:
        """Let a task wait for its turn."""
        with self.changed:
            self.waiting.setdefault(lane(task), deque()).append(task)
            self.changed.notify()

    def take(self) -> AnyTask | None:
        """Wait for the next task, and return it; None once the queue is closed."""
        with self.changed:
            self.changed.wait_for(lambda: self.closed or self.waiting)
            return None if self.closed else self._take(self._lanes()[0])

    def take_at_once(self) -> AnyTask | None:
        """Return the next task that is wanted at once, or None."""
        with self.changed:
            lanes = [each for each in self._lanes() if each[0] is Turn.AT_ONCE]
            return self._take(lanes[0]) if lanes and not self.closed else None

    def _take(self, of: Lane) -> AnyTask:
        task = self.waiting[of].popleft()
        if not self.waiting[of]:
            del self.waiting[of]
        self.served[of] = max(self.served.values(), default=0) + 1
        return task

    def remove(self, task: AnyTask) -> bool:
        """Take a waiting task out, and tell whether it was still waiting."""
        with self.changed:
            tasks = self.waiting.get(lane(task), deque())
            if task not in tasks:
                return False
            tasks.remove(task)
            if not tasks:
                del self.waiting[lane(task)]
            return True

    def order(self) -> list[AnyTask]:
        """Return the waiting tasks in the order in which they will be painted."""
        with self.changed:
            lanes = self._lanes()
            return [
                task
                for turn in Turn
                for task in turns([list(self.waiting[each]) for each in lanes if each[0] is turn])
            ]

    def _lanes(self) -> list[Lane]:
        """Return where tasks wait, by turn: first who had none yet, then who had it longest ago."""
        return sorted(self.waiting, key=lambda each: (each[0], self.served.get(each, 0)))

    def close(self) -> None:
        """Let nobody take anything more."""
        with self.changed:
            self.closed = True
            self.changed.notify_all()


def lane(task: AnyTask) -> Lane:
    """Return where a task waits."""
    return task.turn, task.session


def turns(lists: list[list[AnyTask]]) -> Iterator[AnyTask]:
    """Yield the first of each list, then the second of each, and so on."""
    for round_ in itertools.zip_longest(*lists):
        yield from (task for task in round_ if task is not None)
