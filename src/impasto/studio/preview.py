"""The picture so far, small enough to be sent twice a second, at a pace that spares the work."""

from __future__ import annotations

import base64
import io
import threading
import time

from impasto.run import Result
from impasto.studio.tasks import Task

PREVIEW_SIDE = 768
"""Long side of a preview in pixels: the page shows it as large as the result."""

SHARE_OF_TIME = 0.04
"""The most of the time that previews may take."""

SHORTEST_PAUSE = 0.5
"""Seconds between two previews."""


class Preview:
    """Makes previews of one task on request, so that nothing is made when nobody watches.

    All pages that watch get the same preview, and a new one only when the last one has paid off:
    what takes ``t`` seconds is made every ``t / SHARE_OF_TIME`` seconds at most.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.task: Task | None = None
        self.shown = 0
        self.uri = ""
        self.next = 0.0

    def of(self, task: Task) -> str:
        """Return the latest preview of a task as a data URI, or an empty string."""
        with self.lock:
            if task is not self.task:
                self.task, self.shown, self.uri, self.next = task, 0, "", 0.0
            result, began = task.result, time.monotonic()
            if result is not None and result.evaluations != self.shown and began >= self.next:
                self.shown, self.uri = result.evaluations, data_uri(result)
                took = time.monotonic() - began
                self.next = began + max(SHORTEST_PAUSE, took / SHARE_OF_TIME)
            return self.uri


def data_uri(result: Result) -> str:
    """Return the best image so far as a JPEG of at most `PREVIEW_SIDE` pixels, ready for a page."""
    picture = result.preview
    picture.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE), reducing_gap=2.0)
    file = io.BytesIO()
    # Enlarged, as the first previews are, the squares of a JPEG would be seen.
    small = {"quality": 95, "subsampling": 0} if max(picture.size) < PREVIEW_SIDE / 2 else {}
    picture.save(file, "JPEG", **{"quality": 85, **small})
    return "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode()
