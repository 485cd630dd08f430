"""One thread that paints what is in the queue, whether or not anybody is watching."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from impasto.errors import ImpastoError, explain
from impasto.job import Job
from impasto.machine import allocator_as_it_was
from impasto.run import Eta, Guarded, Result, Timelapse, run
from impasto.studio.entry import Entry
from impasto.studio.film_tasks import FilmTask
from impasto.studio.fitting import prepare_or_fit
from impasto.studio.preview import data_uri
from impasto.studio.sound_tasks import SoundTask
from impasto.studio.store import Store
from impasto.studio.tasks import AnyTask, Queue, Task, TaskState, Turn


class Worker:
    """Paints one task at a time. A task that fails says why, and the next one is painted."""

    def __init__(self) -> None:
        self.queue = Queue()
        self.current: AnyTask | None = None
        self.last_sketch: Job | None = None  # its network is small, and kept for the next one
        self.ended = threading.Condition()
        self.thread = threading.Thread(target=self._run, name="impasto-studio", daemon=True)

    def start(self) -> None:
        """Begin to paint what is asked for."""
        self.thread.start()

    def ask(self, task: AnyTask) -> None:
        """Let a task wait for its turn."""
        self.queue.put(task)

    def stop(self, task: AnyTask) -> None:
        """Stop a task: what is painted is kept, what only waits is taken out of the queue."""
        task.stopping = True
        if self.queue.remove(task):
            task.state = TaskState.CANCELED
            with self.ended:
                self.ended.notify_all()

    def wait(self, task: AnyTask, seconds: float) -> None:
        """Wait until a task has ended, but not longer than some seconds."""
        with self.ended:
            self.ended.wait_for(lambda: task.state.final, seconds)

    def unfinished(self) -> list[AnyTask]:
        """Return the task being painted and those that wait, in order."""
        now = self.current
        return ([now] if now is not None else []) + self.queue.order()

    def close(self) -> None:
        """Stop and keep what is being painted, and end the thread, however long that takes."""
        self.queue.close()
        if (task := self.current) is not None:
            task.stopping = True
        while self.thread.is_alive():
            self.thread.join(1.0)  # a wait without end hears no second Ctrl-C on Windows

    def _run(self) -> None:
        while (task := self.queue.take()) is not None:
            self.current = task
            task.stopping |= self.queue.closed  # `close` may have looked before
            self.work(task)
            self.current = None

    def work(self, task: AnyTask) -> None:
        """Do what is asked for; what goes wrong is told of the task."""
        try:
            if isinstance(task, SoundTask | FilmTask):
                task.make(lambda: self.stops(task))
            elif isinstance(task, Task):
                self.paint(task)
        except Exception as error:
            task.sentence = told(error)
            task.state = TaskState.FAILED
        finally:
            task.release()
            with self.ended:
                self.ended.notify_all()

    def stops(self, task: AnyTask) -> bool:
        """Tell whether to stop a task; between its evaluations, paint what is wanted at once.

        No other thread could: how many compute, and what memory is kept, holds for the process.
        """
        # One at a time, so that the task itself comes on.
        if task.turn is not Turn.AT_ONCE and (other := self.queue.take_at_once()):
            began = time.monotonic()
            with allocator_as_it_was():
                self.work(other)
            if isinstance(task, Task) and task.eta is not None:
                task.eta.pause(time.monotonic() - began)
        return task.stopping

    def paint(self, task: Task) -> None:
        """Paint one task. Whatever ends it, the picture so far is kept."""
        task.state = TaskState.PREPARING
        job = prepare_or_fit(*task.wanted, last=self.last_sketch)
        if task.turn is Turn.AT_ONCE:
            self.last_sketch = job
        film = Timelapse(Path()) if task.store is not None else None
        try:
            self._paint(task, job, film)
        except Exception as error:
            if task.store is not None and task.result is not None:
                try:
                    self._keep(task, task.store, task.result, stopped=True)
                except ImpastoError as lost:  # it may say where the picture is
                    raise ImpastoError(f"{told(error)} And {lost}") from error
            raise
        if task.result is None:
            task.state = TaskState.CANCELED
            return
        stopped = task.stopping and not task.result.is_complete
        missing = ""
        if task.store is not None:
            entry = self._keep(task, task.store, task.result, stopped)
            missing = task.store.missing(entry)
        else:
            task.picture = data_uri(task.result)
        task.sentence = missing or " ".join(task.result.notes[:1])
        task.state = TaskState.STOPPED if stopped else TaskState.DONE
        if film is not None and task.store is not None:  # the picture is shown meanwhile
            film.path = task.store.film(entry)
            self.guarded(film).close(not stopped)

    def _paint(self, task: Task, job: Job, film: Timelapse | None) -> None:
        if task.stopping:
            return
        for result in run(job, stop=lambda: self.stops(task)):
            task.eta = task.eta or Eta(result.job)
            task.left = task.eta.update(result.last)
            if film is not None:
                self._record(film, result)
            task.result, task.state = result, TaskState.PAINTING

    def _record(self, film: Timelapse, result: Result) -> None:
        """Take an evaluation into the film, which has a name only when the picture has one."""
        if result.evaluations == 1:
            film.begin(result)
        self.guarded(film).add(result.last)

    @staticmethod
    def guarded(film: Timelapse) -> Guarded:
        """Return a film that stops no painting: without room for it, there is none."""
        return Guarded(film, lambda words: None)

    def _keep(self, task: Task, store: Store, result: Result, stopped: bool) -> Entry:
        sources = task.content.name, tuple(style.name for style in task.styles)
        task.entry = store.add(result, task.title, *sources, stopped, task.masks)
        return task.entry


def told(error: Exception) -> str:
    """Return what is said of an error."""
    return str(error) if isinstance(error, ImpastoError) else explain(error)
