"""``contact-sheet.png``: all cells on one labeled sheet."""

from __future__ import annotations

import math
from collections.abc import Mapping

from PIL import Image, ImageDraw

from impasto.sweeps.cells import AxisValue, CellResult, Sweep
from impasto.sweeps.report.blocks import Block, blocks, corner
from impasto.sweeps.report.lettering import font, line_height, readable, wrap
from impasto.sweeps.report.pictures import THUMBNAIL, Gallery, finished

PAPER, SHEET_INK, SHEET_FAINT, WARNING = "#ffffff", "#202124", "#e8e8ea", "#fbe3e0"
GAP, LETTER, TITLE = 10, 14, 20
WIDEST, TALLEST = 4000, 12000
"""Pixels of a sheet; many cells are drawn smaller to stay near this."""
LEAST, LABEL = 72, 180
"""Least side of a cell, and greatest width of the row labels."""


class Sheet:
    """Draws a contact sheet."""

    def __init__(self, sweep: Sweep, results: Mapping[str, CellResult], gallery: Gallery) -> None:
        self.sweep, self.results, self.gallery = sweep, results, gallery
        self.blocks = list(blocks(sweep))
        columns = max(len(block.columns) for block in self.blocks)
        rows = sum(len(block.rows) for block in self.blocks)
        fit = min(THUMBNAIL, WIDEST // (columns + 1), TALLEST // rows)
        pictures = [gallery.thumbnail(result) for result in finished(results)]
        longest = max((max(picture.size) for picture in pictures), default=fit)
        self.side = max(min(fit, longest), LEAST)
        tallest = max((scaled(picture, self.side).height for picture in pictures), default=0)
        self.height = tallest or self.side
        labels = [value.label for axis in sweep.axes for value in axis.values]
        words = " ".join([sweep.title, *labels])
        self.letters, self.heading = font(LETTER, words), font(TITLE, words)
        self.title = readable(sweep.title, self.heading)
        self.captions = {name: self._caption(result) for name, result in results.items()}
        self.below = line_height(LETTER) * max(map(len, self.captions.values()), default=0)
        self.label = self._label_width()

    def _caption(self, result: CellResult) -> list[str]:
        """Return the lines below a cell: what a reader would otherwise not know of it."""
        cost = result.cost if self.sweep.costs and not result.error else ""
        text = ". ".join(each for each in (cost, result.ending) if each)
        return wrap(readable(text, self.letters), self.letters, self.side) if text else []

    def _label_width(self) -> int:
        """Return the width of the row labels."""
        rows = [value for block in self.blocks for value in block.rows if value is not None]
        if not rows:
            return 0
        words = [*(value.label for value in rows), *corner(self.sweep).split("\\ ")]
        longest = max(self.letters.getlength(each) for each in words)
        return math.ceil(min(max(longest, 60), LABEL)) + GAP

    def draw(self) -> Image.Image:
        """Return the sheet."""
        columns = max(len(block.columns) for block in self.blocks)
        width = 2 * GAP + self.label + columns * (self.side + GAP)
        width = max(width, math.ceil(self.heading.getlength(self.title)) + 2 * GAP)
        self.page = Image.new("RGB", (width, 64), PAPER)
        y = self._header(GAP)
        for block in self.blocks:
            y = self._block(block, y)
        for note in self.sweep.notes:
            y = self._text(GAP, y, note, width - 2 * GAP)
        self._room(y + GAP)  # beyond its end a crop is black
        return self.page.crop((0, 0, width, y + GAP))

    def _room(self, bottom: int) -> ImageDraw.ImageDraw:
        """Let the page reach at least to ``bottom``, and return a pen."""
        if self.page.height < bottom:
            longer = Image.new("RGB", (self.page.width, max(bottom, 2 * self.page.height)), PAPER)
            longer.paste(self.page, (0, 0))
            self.page = longer
        return ImageDraw.Draw(self.page)

    def _header(self, y: int) -> int:
        """Draw the title and the pictures that all cells share."""
        self._room(y + 2 * TITLE).text((GAP, y), self.title, SHEET_INK, self.heading)
        y += int(1.6 * TITLE)
        x, bottom = GAP, y
        for what, path in self.sweep.sources:
            picture = self.gallery.source(path)
            if picture is not None:
                picture = scaled(picture, min(self.side, 160))
                end = self._text(x, y, what, picture.width)
                self._room(end + picture.height)
                self.page.paste(picture, (x, end))
                bottom, x = max(bottom, end + picture.height), x + picture.width + GAP
        return bottom + 2 * GAP

    def _block(self, block: Block, y: int) -> int:
        if block.title:
            y = self._text(GAP, y, block.title, self.page.width - 2 * GAP, TITLE) + GAP // 2
        left = GAP + self.label
        ends = [self._text(GAP, y, corner(self.sweep), self.label - GAP)] if self.label else []
        ends += [
            self._value(left + at * (self.side + GAP), y, value, self.side)
            for at, value in enumerate(block.columns)
        ]
        y = max(ends) + 4
        for value, names in zip(block.rows, block.cells, strict=True):
            end = y if value is None else self._value(GAP, y, value, self.label - GAP)
            for at, name in enumerate(names):
                self._cell(left + at * (self.side + GAP), y, name)
            y = max(y + self.height + self.below, end) + GAP
        return y + GAP

    def _value(self, x: int, y: int, value: AxisValue, width: int) -> int:
        """Draw a label, with its picture beneath if it has one; return where it ends."""
        y = self._text(x, y, value.label, width)
        picture = self.gallery.source(value.picture) if value.picture else None
        if picture is not None:
            picture = scaled(picture, min(width, 96))
            self._room(y + picture.height)
            self.page.paste(picture, (x, y))
            y += picture.height + 2
        return y

    def _cell(self, x: int, y: int, name: str) -> None:
        result = self.results.get(name)
        pen = self._room(y + self.height + self.below)
        if result is not None and not result.error:
            picture = scaled(self.gallery.thumbnail(result), self.side)
            self.page.paste(picture, (x, y))
            for at, line in enumerate(self.captions[name]):
                place = (x, y + picture.height + at * line_height(LETTER))
                pen.text(place, line, SHEET_INK, self.letters)
            return
        box = (x, y, x + self.side - 1, y + self.height - 1)
        pen.rectangle(box, WARNING if result else SHEET_FAINT)
        words = result.error if result else "not painted yet"
        most = max((self.height - GAP) // line_height(LETTER), 1)
        lines = wrap(readable(words, self.letters), self.letters, self.side - GAP)
        text = "\n".join(lines if len(lines) <= most else [*lines[: most - 1], "…"])
        pen.multiline_text((x + GAP // 2, y + GAP // 2), text, SHEET_INK, self.letters, spacing=3)

    def _text(self, x: int, y: int, text: str, width: int, size: int = LETTER) -> int:
        """Draw wrapped text and return where it ends."""
        letters = self.letters if size == LETTER else self.heading
        lines, step = wrap(readable(text, letters), letters, width), line_height(size)
        pen = self._room(y + step * len(lines))
        for at, line in enumerate(lines):
            pen.text((x, y + at * step), line, SHEET_INK, letters)
        return y + step * len(lines)


def scaled(picture: Image.Image, side: int) -> Image.Image:
    """Return a picture whose longer side is ``side`` at most."""
    if max(picture.size) <= side:
        return picture
    copy = picture.copy()
    copy.thumbnail((side, side), Image.Resampling.LANCZOS)
    return copy
