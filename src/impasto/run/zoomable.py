"""The picture as tiles with a page that zooms into it, written at the end of a run."""

from __future__ import annotations

from pathlib import Path
from typing import final

from impasto import images
from impasto.optimize import Step
from impasto.run.recorder import Recorder
from impasto.run.result import Result


@final
class Zoomable(Recorder):
    """Writes a zoomable picture, however the run ends."""

    def __init__(self, folder: Path, title: str) -> None:
        """Keep where to write, and what to write above it."""
        self.folder, self.title = folder, title

    def begin(self, result: Result) -> None:
        """Keep the painting."""
        self.result = result

    def add(self, step: Step) -> None:
        """Wait: the painting keeps the step."""

    def close(self, finished: bool) -> None:
        """Write the picture.

        Raises:
            PictureError: If it cannot be written.
        """
        if self.result.step is not None:
            images.write_zoomable(self.folder, self.result.rgb, self.title)
