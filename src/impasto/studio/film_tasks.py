"""A film that is to be painted: it waits for its turn among the pictures."""

from __future__ import annotations

import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import final

from impasto.errors import ImpastoError, PictureError
from impasto.images import Rgb
from impasto.run import Stop, clock
from impasto.settings import ClipSettings, Settings
from impasto.studio.film_store import ClipEntry, FilmEntry, FilmStore
from impasto.studio.inputs import Upload, named
from impasto.studio.preview import data_uri
from impasto.studio.tasks import TaskState, Turn
from impasto.video import Clip, ClipPainter, FilmSource, Remaining, check_film

SUFFIXES = (".mp4", ".webm")
"""Of films that browsers play: the first that can hold the sound of a clip."""


@final
@dataclass(eq=False)
class FilmTask:
    """One film to paint, from the press of a button to its end. The worker changes it.

    Attributes:
        session: The page that asked for it.
        clip: What is painted.
        style: In whose style.
        settings: How each frame is painted.
        how: How the clip is.
        store: Where the film is kept.
        turn: When it is made.
        state: Where it is.
        sentence: Why it failed.
        share: How much of the work is done, in [0, 1].
        left: Estimated seconds left.
        painted: How many frames are finished, of all sweeps.
        wanted: How many there are to paint.
        picture: The last finished frame, as a data URI.
        entry: The film.
        stopping: Whether somebody asked to stop and keep it.
    """

    session: str
    clip: ClipEntry
    style: Upload
    settings: Settings
    how: ClipSettings
    store: FilmStore
    turn: Turn = Turn.IN_ORDER
    state: TaskState = TaskState.WAITING
    sentence: str = ""
    share: float = 0.0
    left: float = 0.0
    painted: int = 0
    wanted: int = 0
    picture: str = ""
    entry: FilmEntry | None = None
    stopping: bool = False

    @property
    def title(self) -> str:
        """What to call it."""
        return f"{self.clip.title} in the style of {self.style.label}"

    def make(self, stop: Stop) -> None:
        """Paint the film. Stopped, it is kept as far as it has come.

        Args:
            stop: Asked after every evaluation.

        Raises:
            ImpastoError: If it cannot be painted; the message has no path.
        """
        self.state = TaskState.PREPARING
        path = self.store.clip(self.clip.name)
        try:
            work = self._checked(path)
            try:
                self._paint(work, stop)
            finally:
                shutil.rmtree(work.folder, ignore_errors=True)
        except ImpastoError as error:
            raise named(error, path, self.clip.title) from None

    def _checked(self, path: Path) -> Clip:
        suffix = playable(path)
        sources = path, [self.style.path], self.settings, self.how
        out = self.store.new_film(suffix or SUFFIXES[0])
        return Clip.check(*sources, out, sound=bool(suffix))

    def _paint(self, work: Clip, stop: Stop) -> None:
        began, last = time.monotonic(), None
        painter = work.begin(work.folder)
        remaining = Remaining(painter)
        self.wanted = remaining.left
        for frame in painter.paint(stop):
            self.left = remaining.update(frame)
            self.state, self.painted = TaskState.PAINTING, self.wanted - remaining.left
            self.share = self.painted / self.wanted
            if frame.is_finished:
                self.picture, last = data_uri(frame.result), frame.result.rgb
        count = work.write(painter)
        if not count or last is None:
            self.state = TaskState.CANCELED
            return
        self._keep(work, painter, count, last, time.monotonic() - began)

    def _keep(
        self, work: Clip, painter: ClipPainter, count: int, last: Rgb, seconds: float
    ) -> None:
        assert work.output is not None
        stopped = count < painter.workshop.count
        words = [
            f"{count} frames of {last.shape[1]} × {last.shape[0]} pixels in {clock(seconds)}",
            *(["stopped"] if stopped else []),
            *([] if work.sound else ["without its sound, which no film for a page can hold"]),
        ]
        self.entry = self.store.add(work.output, self.title, self.clip, last, ", ".join(words))
        self.state = TaskState.STOPPED if stopped else TaskState.DONE

    def release(self) -> None:
        """Nothing is held at the end but the film."""
        self.picture = ""


def playable(path: Path) -> str:
    """Return the extension of a film that browsers play and that can hold a clip's sound, or ""."""
    source = FilmSource(path)
    for suffix in SUFFIXES:
        with suppress(PictureError):
            check_film(path.with_suffix(suffix), source, sound=True)
            return suffix
    return ""
