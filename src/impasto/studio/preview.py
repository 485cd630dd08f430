"""The picture so far, small enough to be sent twice a second, at a pace that spares the work."""

from __future__ import annotations

import base64
import io
import threading
import time

from impasto.run.result import Progress
from impasto.studio.tasks import Task

SIDE = 768
"""Long side of a preview in pixels: the page shows it as large as the result."""

SHARE = 0.04
"""The most of the time that previews may take."""

LEAST = 0.5
"""Seconds between two previews."""


class Preview:
    """Makes previews of one task on request, so that nothing is made when nobody watches.

    All pages that watch get the same preview, and a new one only when the last one has paid off:
    what takes ``t`` seconds is made every ``t / SHARE`` seconds at most.
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
            latest, began = task.latest, time.monotonic()
            if latest is not None and latest.evaluations != self.shown and began >= self.next:
                self.shown, self.uri = latest.evaluations, data_uri(latest)
                took = time.monotonic() - began
                self.next = began + max(LEAST, took / SHARE)
            return self.uri


def data_uri(progress: Progress) -> str:
    """Return the best image so far as a JPEG of at most `SIDE` pixels, ready for a page."""
    picture = progress.image
    picture.thumbnail((SIDE, SIDE), reducing_gap=2.0)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=85)
    return "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode()
