"""``index.html``: all paintings of a batch on one page, which follows the work; and a table."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from impasto._version import __version__
from impasto.errors import PictureError
from impasto.images import replace_file
from impasto.sweeps import CellResult, Sweep, table

WALL_FILES: Final = ("index.html", "paintings.csv")
"""What is written beside the paintings."""

PAGE_SHARE: Final = 20
"""The page is written again after so many times as long as that takes."""

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class WallTile:
    """A painting on the page.

    Attributes:
        file: Its address from the page on.
        photograph: That of what it was painted from.
        name: What it is called.
        words: What it took.
        width: In pixels.
        height: In pixels.
    """

    file: str
    photograph: str
    name: str
    words: str
    width: int
    height: int


class Wall:
    """The page and the table of a batch as far as it has come.

    The pictures stay files beside the page, and a browser reads those that are in sight.

    Attributes:
        missing: What is said of the files that could not be written the last time, by their names.
    """

    def __init__(
        self,
        batch: Sweep,
        folder: Path,
        results: Iterable[CellResult] = (),
        complain: Callable[[str], None] = lambda sentence: None,
    ) -> None:
        """Take in what there is."""
        self.batch, self.folder, self.complain = batch, folder, complain
        self.results = {result.cell.name: result for result in results}
        self.written, self.cost = -math.inf, 0.0
        self.missing: dict[str, str] = {}

    @property
    def failed(self) -> list[CellResult]:
        """The paintings that have no picture because something was wrong."""
        return [result for result in self.results.values() if result.error]

    def add(self, result: CellResult) -> None:
        """Take in one more painting."""
        self.results[result.cell.name] = result

    def refresh(self) -> None:
        """Write the files unless that would take more than a small share of the time."""
        if time.monotonic() - self.written > PAGE_SHARE * self.cost:
            self._write(working=True)

    def write(self) -> None:
        """Write the files when the work has come to an end, be it too early."""
        self._write(working=False)

    def _write(self, working: bool) -> None:
        """Write the files; one that does not fit on the disk stops nothing."""
        began = time.monotonic()
        contents = (self.page(working), table(self.batch, self.results))
        for name, content in zip(WALL_FILES, contents, strict=True):
            try:
                replace_file(self.folder / name, content.encode())
                self.missing.pop(name, None)
            except PictureError as error:
                if name not in self.missing:
                    self.complain(str(error))
                self.missing[name] = str(error)
        self.written = time.monotonic()
        self.cost = self.written - began

    def page(self, working: bool) -> str:
        """Return the page as HTML; while the work goes on, it reads itself again."""
        count = len(self.batch.cells)
        return _TEMPLATES.get_template("wall.html").render(
            title=self.batch.title,
            tiles=[self.tile(self.results[cell.name]) for cell in self.batch.cells
                   if cell.name in self.results and not self.results[cell.name].error],
            failed=self.failed,
            count=count,
            left=count - len(self.results),
            working=working,
            table=WALL_FILES[1],
            version=__version__,
        )  # fmt: skip

    def tile(self, result: CellResult) -> WallTile:
        """Return what the page shows of a painting."""
        width, height = result.size
        return WallTile(
            file=quote(result.cell.picture),
            photograph=self.from_here(str(result.cell.content)),
            name=result.cell.picture,
            words=result.cost,
            width=width,
            height=height,
        )

    def from_here(self, path: str) -> str:
        """Return the address of a file, from the folder of the page on."""
        try:
            return quote(Path(os.path.relpath(path, self.folder)).as_posix())
        except ValueError:  # between drives
            return Path(path).absolute().as_uri()
