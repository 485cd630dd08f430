"""A painting as far as it has come, and the result at its end."""

from __future__ import annotations

import io
import tempfile
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from PIL import Image

from impasto import images
from impasto.errors import ImpastoError, PictureError
from impasto.images import Rgb
from impasto.job import Job, Recipe
from impasto.optimize import State, Step
from impasto.settings import ResolvedSettings

NOTEBOOK_SIDE = 1024
"""Long side in pixels of what a notebook shows: larger ones make its file heavy."""


@dataclass(eq=False, repr=False)
class Result:
    """A painting as far as it has come: the result, once the last step has been added.

    Attributes:
        job: What is being painted.
        state: Where the run stands: enough to go on from there.
        history: Every evaluation so far, without images.
        notes: What was found out about the pictures, and what went wrong on the way.
        step: The last evaluation; None before the first.
    """

    job: Job
    state: State = field(default_factory=State)
    history: list[Step] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    step: Step | None = None

    def __post_init__(self) -> None:
        self.notes.extend(note for note in self.job.notes if note not in self.notes)

    def __repr__(self) -> str:
        if self.step is None:
            return "<impasto.Result: nothing painted yet>"
        height, width = self.job.sizes.shape(self.job.settings.size)
        return (
            f"<impasto.Result: {width} × {height} pixels, {self.evaluations} evaluations by "
            f"{self.job.settings.backbone}, loss {self.step.total:.4g}>"
        )

    def _repr_png_(self) -> bytes | None:
        """Return the picture for a notebook, at most `NOTEBOOK_SIDE` pixels; None before any."""
        if self.step is None:
            return None
        picture, file = self.image, io.BytesIO()
        picture.thumbnail((NOTEBOOK_SIDE, NOTEBOOK_SIDE), Image.Resampling.LANCZOS)
        picture.save(file, "PNG")
        return file.getvalue()

    def add(self, step: Step) -> None:
        """Take in one step."""
        self.history.append(step.without_image())
        if step.note:
            self.notes.append(step.note)
        self.step = step
        self.__dict__.pop("rgb", None)

    @property
    def last(self) -> Step:
        """The last evaluation.

        Raises:
            ImpastoError: If there was none.
        """
        if self.step is None:
            raise ImpastoError("nothing has been painted yet.")
        return self.step

    @property
    def size(self) -> int:
        """The long side of the present size in pixels."""
        return self.last.size

    @property
    def evaluations(self) -> int:
        """Evaluations done so far, at all sizes."""
        return len(self.history)

    @property
    def is_complete(self) -> bool:
        """Whether the last evaluation of the plan has been made."""
        final = self.job.levels[-1]
        step = self.step
        return step is not None and step.size == final.size and step.iteration >= final.evaluations

    @cached_property
    def rgb(self) -> Rgb:
        """The best picture so far (H, W, 3), sRGB in [0, 1], at the size asked for."""
        return self.at(self.job.settings.size)

    def at(self, size: int) -> Rgb:
        """Return the best picture so far at any size."""
        step = self.last  # once, since a page may look while another thread paints
        return self.job.picture(step.image, step.size, size)

    @property
    def preview(self) -> Image.Image:
        """The best picture so far at the present size, for looking at."""
        return images.to_pil(self.at(self.size))

    @property
    def alpha(self) -> images.FloatArray | None:
        """The content's transparency (H, W), if it is to be kept and there is any."""
        if not self.job.settings.keep_alpha or self.job.content.alpha is None:
            return None
        height, width = self.job.sizes.shape(self.job.settings.size)
        return images.resize(self.job.content.alpha, width, height).clip(0, 1)

    @property
    def image(self) -> Image.Image:
        """The picture as a PIL image of 8 bits."""
        picture = images.to_pil(self.rgb)
        if self.alpha is not None:
            picture.putalpha(Image.fromarray(np.rint(self.alpha * 255).astype(np.uint8)))
        return picture

    @property
    def seconds(self) -> dict[int, float]:
        """Seconds spent at each size."""
        return {step.size: step.seconds for step in self.history}

    @property
    def settings(self) -> ResolvedSettings:
        """All settings, with the plan cut to what has been done."""
        done = {step.size: 0 for step in self.history}
        for step in self.history:
            done[step.size] += 1
        return self.job.settings.replace(plan=tuple(done.items()), levels=len(done))

    @property
    def recipe(self) -> Recipe:
        """What goes into the file: enough to paint the picture again."""
        return replace(self.job.recipe, settings=self.settings)

    def save(self, path: str | Path) -> None:
        """Write the picture with its recipe inside, atomically; the format follows the suffix."""
        self.write(path, self.recipe.in_file(Path(path)))

    def write(self, path: str | Path, recipe: str | None) -> None:
        """Write the picture with a text inside, see `save`."""
        images.write(
            path,
            self.rgb,
            alpha=self.alpha,
            bits=self.job.settings.bits,
            settings=recipe,
            resolution=self.job.settings.resolution or self.job.content.resolution,
        )

    def save_or_keep_elsewhere(self, path: Path) -> None:
        """Write the picture, or else keep it in a folder for temporary files: hours are in it.

        Raises:
            ImpastoError: If it had to be kept elsewhere; the message says where. Or if it fits
                nowhere.
        """
        try:
            self.save(path)
        except PictureError as error:
            try:
                kept = Path(tempfile.mkdtemp(prefix="impasto-")) / path.name
                self.save(kept)
            except (PictureError, OSError):
                raise ImpastoError(str(error)) from None
            reason = str(error).partition(":")[0]
            raise ImpastoError(f"{reason}: the picture is kept in '{kept}'.") from error
