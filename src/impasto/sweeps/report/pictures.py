"""Pictures for reports: read once, made small, and put into a page."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from pathlib import Path

from PIL import Image

from impasto.errors import UsageError
from impasto.images import read, to_pil
from impasto.sweeps.cells import CellResult
from impasto.sweeps.report.charts import loss_chart
from impasto.sweeps.store import picture_file

THUMBNAIL = 320
"""Longest side of a small picture, in pixels."""

EMBEDDED = 40_000_000
"""Bytes of full-size pictures that a page may hold; further ones stay files beside it."""


class Gallery:
    """The pictures of a sweep; each is read and encoded once, however often a report is written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._sources: dict[str, Image.Image | None] = {}
        self._small: dict[str, Image.Image] = {}
        self._uris: dict[str, str] = {}
        self._charts: dict[str, str] = {}
        self._embedded = 0

    def source(self, path: str) -> Image.Image | None:
        """Return a small version of an input, or None if it cannot be read."""
        if path not in self._sources:
            try:
                self._sources[path] = small(to_pil(read(path).over_white()))
            except UsageError:
                self._sources[path] = None
        return self._sources[path]

    def thumbnail(self, result: CellResult) -> Image.Image:
        """Return a small version of a cell's picture."""
        name = result.cell.name
        if name not in self._small:
            with Image.open(picture_file(self.folder, result.cell)) as picture:
                self._small[name] = small(over_white(picture))
        return self._small[name]

    def full(self, result: CellResult) -> str:
        """Return a cell's picture at full size for a page, or an empty string if it is too much."""
        name = f"full {result.cell.name}"
        if name not in self._uris:
            with Image.open(picture_file(self.folder, result.cell)) as picture:
                found = data_uri(over_white(picture), quality=92)
            fits = self._embedded + len(found) <= EMBEDDED
            self._embedded += len(found) if fits else 0
            self._uris[name] = found if fits else ""
        return self._uris[name]

    def thumbnail_uri(self, result: CellResult) -> str:
        """Return a small version of a cell's picture for a page."""
        return self._uri(f"cell {result.cell.name}", self.thumbnail(result))

    def source_uri(self, path: str) -> str:
        """Return a small version of an input for a page, or an empty string if it has none."""
        picture = self.source(path)
        return self._uri(path, picture) if picture else ""

    def _uri(self, name: str, picture: Image.Image) -> str:
        if name not in self._uris:
            self._uris[name] = data_uri(picture)
        return self._uris[name]

    def loss_chart(self, result: CellResult) -> str:
        """Return the losses of a cell on their way for a page; empty without matplotlib."""
        name = result.cell.name
        if name not in self._charts:
            self._charts[name] = loss_chart(name, result.curve)
        return self._charts[name]


def small(picture: Image.Image) -> Image.Image:
    """Return a copy whose sides are at most `THUMBNAIL`."""
    copy = picture.copy()
    copy.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.LANCZOS)
    return copy


def over_white(picture: Image.Image) -> Image.Image:
    """Return a picture as RGB, transparency on white paper."""
    if "A" not in picture.getbands():
        return picture.convert("RGB")
    paper = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(paper, picture.convert("RGBA")).convert("RGB")


def data_uri(picture: Image.Image, quality: int = 88) -> str:
    """Return a picture as a JPEG inside an address."""
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=quality, subsampling=0)
    return f"data:image/jpeg;base64,{base64.b64encode(data.getvalue()).decode()}"


def finished(results: Mapping[str, CellResult]) -> list[CellResult]:
    """Return the results that have a picture."""
    return [result for result in results.values() if not result.error]
