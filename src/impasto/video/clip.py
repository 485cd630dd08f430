"""A clip from what is asked for to the film: checked, gathered, painted, written."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np

from impasto import images
from impasto._version import __version__
from impasto.errors import PictureError
from impasto.filesystem import is_regular
from impasto.job import SourceFile, prepare
from impasto.settings import (
    MACHINE_CHOICES,
    ClipSettings,
    Settings,
    evaluations_of,
    for_a_clip,
)
from impasto.video.film_source import pyav
from impasto.video.films import check_film, write_clip
from impasto.video.motion import opencv
from impasto.video.opening import open_source
from impasto.video.painting import ClipPainter
from impasto.video.source import Source
from impasto.video.tracks import left_out
from impasto.video.workshop import Workshop, check_room

NAMING_FILES = ("init", "fine_style", "weights", "content_mask", "style_mask")
"""Settings that may name files."""

NO_MATTER = (*MACHINE_CHOICES, "memory", "recipe")
"""Settings that may differ when a clip goes on."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Clip:
    """A clip that has been checked, and can be painted.

    Attributes:
        source: What is painted.
        styles: The style pictures.
        settings: How each frame is painted.
        how: How the clip is.
        output: The film, or the folder of pictures if it has no extension; None for neither.
        sound: Whether the film has the sound of the source.
        evaluations: Of a frame that begins as the one before.
    """

    source: Source
    styles: tuple[Any, ...]
    settings: Settings
    how: ClipSettings
    output: Path | None
    sound: bool
    evaluations: int

    @classmethod
    def check(
        cls,
        clip: str | Path,
        styles: Sequence[Any],
        settings: Settings,
        how: ClipSettings,
        output: Path | None,
        sound: bool = True,
        evaluations: int | None = None,
    ) -> Self:
        """Find out before the work whether all can be read and written.

        Args:
            clip: A film, a folder of pictures, or a pattern of them.
            styles: The style pictures.
            settings: How each frame is painted.
            how: How the clip is.
            output: The film, or the folder of pictures if it has no extension; None for neither.
            sound: Whether the film is to have the sound of the source.
            evaluations: Of a frame that begins as the one before; None for what follows from the
                settings.

        Raises:
            UsageError: If not, or if a package is missing.
        """
        pyav()
        opencv()
        settings = for_a_clip(settings)
        source = open_source(clip, how.rate)
        count = evaluations_of(settings) if evaluations is None else evaluations
        checked = cls(source=source, styles=tuple(styles), settings=settings, how=how,
                      output=output, sound=sound, evaluations=count)  # fmt: skip
        if output is not None:
            checked.check_output(output)
        return checked

    def check_output(self, output: Path) -> None:
        """Find out whether the film and its frames can be written."""
        check_film(output, self.source, self.sound, self.folder.is_dir())
        inputs = [each for each in self.styles if isinstance(each, str | os.PathLike)]
        images.check_places([output] if output.suffix else [], [*self.source.files(), *inputs])
        if not output.parent.is_dir():
            raise PictureError(
                f"'{output}' cannot be written: there is no folder '{output.parent}', create it."
            )
        if not self.folder.exists():
            settings = self.settings
            check_room(self.folder, self.source, self.how, settings.size, settings.bits)

    @property
    def notes(self) -> list[str]:
        """Sentences about what the film will not have."""
        lost = left_out(self.source, self.output.suffix.lower()) if self.output else ""
        return [lost] if lost else []

    @property
    def folder(self) -> Path:
        """Where the frames are kept until the film is complete."""
        assert self.output is not None
        return self.output.with_name(f"{self.output.name}.frames")

    def begin(self, folder: Path) -> ClipPainter:
        """Gather the frames, or find those of the same clip, and prepare the painting of the first.

        Args:
            folder: Where they are kept: `folder`, or another one that is empty.

        Raises:
            UsageError: If the clip is damaged, the folder is another clip's, or a style picture
                cannot be read.
        """
        for style in self.styles:  # the quick checks first
            images.as_picture(style)
        workshop = Workshop.at(folder, self.source, self.how, self.settings.size,
                               self.settings.bits, self.identity)  # fmt: skip
        job = prepare(workshop.photograph(0), list(self.styles), self.settings)
        return ClipPainter(job, workshop, self.how, self.evaluations)

    def write(self, painter: ClipPainter) -> int:
        """Write the frames that are finished, and return how many they are.

        When they are all, the folder goes.
        """
        assert self.output is not None
        workshop = painter.workshop
        frames = workshop.latest(self.how.sweeps)
        if not frames:
            return 0
        whole = self.how.is_whole and len(frames) == workshop.count
        timing = workshop.timing.first(len(frames))
        recipe = self.recipe(painter)
        write_clip(self.output, frames, timing, self.source, self.sound, whole, recipe)
        if workshop.finished(self.how.sweeps) == self.how.sweeps:
            workshop.remove()
        return len(frames)

    def recipe(self, painter: ClipPainter) -> str | None:
        """Return what the film tells of how it was painted, or None if it is to tell nothing."""
        assert self.output is not None
        clip = SourceFile(str(self.source.path.absolute()), of_all(self.source.files()))
        recipe = replace(painter.job.recipe, content=clip).in_file(self.output)
        if recipe is None:
            return None
        how = {**self.how.to_dict(), "evaluations": self.evaluations, "sound": self.sound}
        return json.dumps({**json.loads(recipe), "clip": how})

    @property
    def identity(self) -> str:
        """What is the same for two commands that paint the same frames."""
        settings = self.settings.completed().to_dict()
        values = {
            "version": __version__,
            "clip": of_all(self.source.files()),
            "styles": list(map(digest, self.styles)),
            "settings": {k: v for k, v in settings.items() if k not in NO_MATTER},
            "files": [digest(file) for name in NAMING_FILES for file in self.named(name)],
            "how": {**self.how.to_dict(), "evaluations": self.evaluations},
        }
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()

    def named(self, setting: str) -> list[str]:
        """Return the files that a setting names."""
        value = getattr(self.settings, setting)
        return [each for each in (value if isinstance(value, tuple) else (value,))
                if each is not None and is_regular(each)]  # fmt: skip


def of_all(files: Sequence[Path]) -> str:
    """Return the hash of a file, or of the hashes of several."""
    hashes = list(map(images.sha256, files))
    return hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()


def digest(picture: Any) -> str:
    """Return the hash of a file, or of what a picture that is no file holds."""
    if isinstance(picture, str | os.PathLike):
        return images.sha256(Path(picture))
    values = np.ascontiguousarray(images.as_picture(picture).over_white())
    return hashlib.sha256(values.tobytes()).hexdigest()
