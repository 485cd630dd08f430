"""One thread that paints what is in the queue, whether or not anybody is watching."""

from __future__ import annotations

import threading
from contextlib import suppress

from impasto.cli.display import Eta
from impasto.errors import ImpastoError, explain
from impasto.run.result import Painted
from impasto.studio.fitting import prepare_or_fit
from impasto.studio.preview import data_uri
from impasto.studio.store import Entry, Store
from impasto.studio.tasks import Queue, State, Task
from impasto.transfer import paint, ready

CLOSING = 30.0
"""Seconds that an evaluation may take when the studio is closed."""


class Worker:
    """Paints one task at a time. A task that fails says why, and the next one is painted."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.queue = Queue()
        self.current: Task | None = None
        self.thread = threading.Thread(target=self._run, name="impasto-studio", daemon=True)

    def start(self) -> None:
        """Begin to paint what is asked for."""
        self.thread.start()

    def ask(self, task: Task) -> None:
        """Let a task wait for its turn."""
        self.queue.put(task)

    def stop(self, task: Task) -> None:
        """Stop a task: what is painted is kept, what only waits is taken out of the queue."""
        task.stopping = True
        if self.queue.remove(task):
            task.state = State.CANCELED

    def unfinished(self) -> list[Task]:
        """Return the task being painted and those that wait, in order."""
        now = self.current
        return ([now] if now is not None else []) + self.queue.order()

    def close(self) -> None:
        """Stop and keep what is being painted, and end the thread."""
        self.queue.close()
        if (task := self.current) is not None:
            task.stopping = True
        if self.thread.is_alive():
            self.thread.join(CLOSING)

    def _run(self) -> None:
        while (task := self.queue.take()) is not None:
            self.current = task
            try:
                self.work(task)
            except Exception as error:
                task.sentence = str(error) if isinstance(error, ImpastoError) else explain(error)
                task.state = State.FAILED
            finally:
                task.latest = task.painted = task.eta = None  # a network's worth of memory
                self.current = None

    def work(self, task: Task) -> None:
        """Paint one task. Whatever ends it, the picture so far is kept."""
        task.state = State.PREPARING
        job = ready(prepare_or_fit(task.photograph, task.paintings, task.settings, task.masks))
        painted = Painted(job)
        task.painted, task.eta = painted, Eta(job)
        try:
            self._paint(task, painted)
        except Exception:
            if task.keep and painted.last is not None:
                with suppress(ImpastoError):  # the first error says more
                    task.entry = self._keep(task, painted, stopped=True)
            raise
        stopped = task.stopping and not is_complete(painted)
        if painted.last is None:
            task.state = State.CANCELED
            return
        if task.keep:
            task.entry = self._keep(task, painted, stopped)
        else:
            task.picture = data_uri(painted.last)
        task.sentence = " ".join([*job.notes, *painted.notes][:1])
        task.state = State.STOPPED if stopped else State.DONE

    def _paint(self, task: Task, painted: Painted) -> None:
        assert task.eta is not None
        if task.stopping:
            return
        for progress in paint(painted.job):
            painted.add(progress)
            task.left = task.eta.update(progress)
            task.latest = progress
            task.state = State.PAINTING
            if task.stopping:
                return

    def _keep(self, task: Task, painted: Painted, stopped: bool) -> Entry:
        names = tuple(painting.name for painting in task.paintings)
        sources = task.photograph.name, names
        return self.store.add(painted, task.title, *sources, stopped, task.masks)


def is_complete(painted: Painted) -> bool:
    """Tell whether the last evaluation of the plan has been made."""
    last, job = painted.last, painted.job
    if last is None or last.level + 1 < len(job.levels):
        return False
    return last.step.index >= job.levels[-1].evaluations
