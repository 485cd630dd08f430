"""One thread that paints what is in the queue, whether or not anybody is watching."""

from __future__ import annotations

import threading
from pathlib import Path

from impasto.errors import ImpastoError, explain
from impasto.job import Job
from impasto.run import Eta, Guarded, Result, Timelapse, run
from impasto.studio.entry import Entry
from impasto.studio.film_tasks import FilmTask
from impasto.studio.fitting import prepare_or_fit
from impasto.studio.preview import data_uri
from impasto.studio.sound_tasks import SoundTask
from impasto.studio.store import Store
from impasto.studio.tasks import AnyTask, Queue, Task, TaskState


class Worker:
    """Paints one task at a time. A task that fails says why, and the next one is painted."""

    def __init__(self) -> None:
        self.queue = Queue()
        self.current: AnyTask | None = None
        self.film: Timelapse | None = None
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
            try:
                self.work(task)
            except Exception as error:
                task.sentence = told(error)
                task.state = TaskState.FAILED
            finally:
                task.release()
                self.current = None

    def work(self, task: AnyTask) -> None:
        """Do what is asked for."""
        if isinstance(task, SoundTask | FilmTask):
            task.make()
        elif isinstance(task, Task):
            self.paint(task)

    def paint(self, task: Task) -> None:
        """Paint one task. Whatever ends it, the picture so far is kept."""
        task.state = TaskState.PREPARING
        job = prepare_or_fit(task.content, task.styles, task.settings, task.masks)
        try:
            self._paint(task, job)
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
        if self.film is not None and task.store is not None:  # the picture is shown meanwhile
            self.film.path = task.store.film(entry)
            self.guarded(self.film).close(not stopped)

    def _paint(self, task: Task, job: Job) -> None:
        if task.stopping:
            return
        self.film = Timelapse(Path()) if task.store is not None else None
        for result in run(job, stop=lambda: task.stopping):
            task.eta = task.eta or Eta(result.job)
            task.left = task.eta.update(result.last)
            self._record(result)
            task.result, task.state = result, TaskState.PAINTING

    def _record(self, result: Result) -> None:
        """Take an evaluation into the film, which has a name only when the picture has one."""
        if self.film is not None:
            if result.evaluations == 1:
                self.film.begin(result)
            self.guarded(self.film).add(result.last)

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
