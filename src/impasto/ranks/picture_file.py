"""The strips of all ranks become one file, which is whole in nobody's memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import final

import torch
from torch import Tensor

from impasto import images
from impasto.errors import PictureError
from impasto.filesystem import beside
from impasto.optimize import Step
from impasto.ranks.group import Move, Ranks
from impasto.ranks.painting import strips_of
from impasto.ranks.strips import Strips, as_image, enlarged
from impasto.run import Recorder, Result


@final
class StripsFile(Recorder):
    """Writes the picture, however the run ends: a BigTIFF in tiles, with smaller copies inside."""

    def __init__(self, ranks: Ranks, out: Path, tell: Callable[[str], None]) -> None:
        """Keep where to write, and who is told the path."""
        self.ranks, self.out, self.tell = ranks, out, tell

    def begin(self, result: Result) -> None:
        """Keep the painting."""
        self.result = result

    def add(self, step: Step) -> None:
        """Wait: the painting keeps the step."""

    def close(self, finished: bool) -> None:
        """Write the picture, at the size asked for.

        Raises:
            PictureError: If it cannot be written.
        """
        step, job, ranks = self.result.step, self.result.job, self.ranks
        if step is None or ranks.failed:
            return
        strips, image = strips_of(job, ranks, step.size), step.image
        if step.size != job.settings.size:
            final = strips_of(job, ranks, job.settings.size)
            strips, image = final, enlarged(image, strips, final)
        with ranks.agreed():
            problem = self._write(strips, image)
            if problem is not None:
                raise problem
        if ranks.is_first:
            self.tell(str(self.out))

    def _write(self, strips: Strips, image: Tensor) -> PictureError | None:
        """Bring all rows to the first rank, band by band, and let it write the file."""
        raw, bits = beside(self.out.resolve()), self.result.job.settings.bits
        problem: PictureError | None = None
        try:
            for span, owner in zip(strips.spans, strips.owners, strict=True):
                size = (span.stop - span.start) * strips.shape[1] * 3 * bits // 8
                rows = None
                if owner == self.ranks.rank:
                    rows = image[span.start - strips.start : span.stop - strips.start]
                band = self._brought(rows, owner, size, bits)
                if band is not None and problem is None:
                    problem = appended(raw, band)
            if self.ranks.is_first and problem is None:
                problem = self._join(raw, strips.shape, bits)
        finally:
            raw.unlink(missing_ok=True)
        return problem

    def _brought(self, rows: Tensor | None, owner: int, size: int, bits: int) -> Tensor | None:
        """Return the bytes of a band on the first rank."""
        here = None
        if rows is not None:
            rgb = as_image(rows)[0].permute(1, 2, 0).numpy()
            here = torch.from_numpy(images.whole_numbers(rgb, bits)).flatten().view(torch.uint8)
        if owner == 0:
            return here
        there = torch.empty(size, dtype=torch.uint8, device="cpu") if self.ranks.is_first else None
        self.ranks.exchange([Move(owner, 0, here, there)])
        return there

    def _join(self, raw: Path, shape: tuple[int, int], bits: int) -> PictureError | None:
        job = self.result.job
        try:
            images.write_joined(
                self.out,
                raw,
                shape,
                bits=bits,
                settings=self.result.recipe.in_file(self.out),
                resolution=job.settings.resolution or job.content.resolution,
            )
        except PictureError as error:
            return error
        return None


def appended(raw: Path, band: Tensor) -> PictureError | None:
    """Write bytes behind those that are there; return what went wrong."""
    try:
        with images.naming(raw), raw.open("ab") as file:
            file.write(band.numpy().data)
    except PictureError as error:
        return error
    return None
