"""Every sample style on the photograph that somebody has given: small, and soon."""

from __future__ import annotations

from collections import OrderedDict

from impasto.settings import Settings
from impasto.studio.inputs import Upload, Uploads
from impasto.studio.tasks import Task, TaskState, Turn
from impasto.studio.worker import Worker

GALLERY = Settings(size=128, plan=((64, 16), (128, 8)), backbone="pocket", protect_faces=0)
"""How it is painted: by the quick network, a second or two for each, and good to choose from."""

BACKGROUND = "gallery"
"""The page that asks for it, to the queue; names of pages come from Gradio, and are longer."""

MOST_KNOWN = 20
"""Photographs whose gallery is remembered; beyond it, the one not seen for longest is forgotten."""


class StyleGallery:
    """Paints the sample styles on photographs, once for all pages."""

    def __init__(self, worker: Worker, inputs: Uploads) -> None:
        self.worker, self.inputs = worker, inputs
        self.known: OrderedDict[str, dict[str, Task]] = OrderedDict()

    def of(self, content: Upload | None) -> dict[str, str]:
        """Return the pictures that are finished, as data URIs by the names of the styles.

        What is not there yet is asked for; what was asked for other photographs, and waits, gives
        way.
        """
        if content is None:
            return {}
        if content.name not in self.known:
            self._drop_waiting()
            styles = self.inputs.samples("painting")
            tasks = {style.name: Task(BACKGROUND, content, (style,), GALLERY,
                                      turn=Turn.BEHIND) for style in styles}  # fmt: skip
            self.known[content.name] = tasks
            for task in tasks.values():
                self.worker.ask(task)
            if len(self.known) > MOST_KNOWN:
                self.known.popitem(last=False)
        self.known.move_to_end(content.name)
        tasks = self.known[content.name]
        return {name: task.picture for name, task in tasks.items() if task.picture}

    def _drop_waiting(self) -> None:
        for name, tasks in list(self.known.items()):
            waiting = [task for task in tasks.values() if task.state is TaskState.WAITING]
            for task in waiting:
                self.worker.stop(task)
            if waiting:
                del self.known[name]
