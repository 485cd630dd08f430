"""From strokes of the brush to the masks that a painting is made with, and the files they are in.

The colors on the content image are its regions. The same colors on the style pictures say which
part of each a region is painted with; where nothing is painted on them, a single region takes all
styles, and several take one each, in the order of the colors.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from impasto import images
from impasto.errors import PictureError, UsageError
from impasto.images import Rgb, sha256
from impasto.job import SourceFile
from impasto.studio.files import is_name
from impasto.studio.strokes import Strokes, as_gray, as_mask, shares, used


@dataclass(frozen=True)
class Masks:
    """The mask files of a painting.

    Attributes:
        content: That of the content image, if it has regions.
        styles: That of each style picture, if they have.
    """

    content: tuple[Path, ...] = ()
    styles: tuple[Path, ...] = ()


NONE = Masks()


class MaskFolder:
    """The files of masks, each named by what is in it.

    Args:
        folder: Where they are.
        most: How many are kept, the latest; None for all.
    """

    def __init__(self, folder: Path, most: int | None = None) -> None:
        self.folder, self.most = folder, most
        folder.mkdir(parents=True, exist_ok=True)

    def keep(self, mask: Rgb) -> Path:
        """Write a mask, and return its file.

        Raises:
            PictureError: If the folder cannot be written to.
        """
        temporary = self.folder / f".{secrets.token_hex(4)}.png"
        images.write(temporary, mask)
        file = self.folder / f"{sha256(temporary)[:32]}.png"
        if file.is_file():  # somebody may be reading it
            temporary.unlink()
            file.touch()
        else:
            temporary.replace(file)
        if self.most is not None:
            files = sorted(self.folder.glob("[!.]*.png"), key=lambda each: each.stat().st_mtime)
            for old in files[: -self.most]:
                old.unlink(missing_ok=True)
        return file

    def find(self, name: object) -> Path:
        """Return the file of a mask by its name.

        Raises:
            PictureError: If it is not there anymore.
        """
        file = self.folder / f"{name if is_name(name) else ''}.png"
        if not file.is_file():
            raise PictureError("the regions are not there anymore: paint them again.")
        return file

    def recorded(self, wanted: SourceFile) -> Path | None:
        """Return the mask that a recipe was painted with, if it is here."""
        try:
            return self.find((wanted.sha256 or "")[:32])
        except PictureError:
            return None


def to_masks(
    content: Strokes | None, styles: Sequence[Strokes | None]
) -> tuple[tuple[Rgb, ...], tuple[Rgb, ...]]:
    """Return the masks of content and styles; none where nothing is painted.

    Raises:
        UsageError: If a region has no counterpart.
    """
    painted = [strokes for strokes in styles if strokes is not None]
    if content is None:
        if painted:
            raise UsageError(
                "there are colors on a painting and none on the photograph: paint the same colors "
                "on the photograph, or clear the painting."
            )
        return (), ()
    names = used(content)
    if not painted:
        return (_whole_styles(content, names, len(styles)),), ()
    _check_counterparts(names, styles)
    if len(names) == 1:
        return (as_gray(content, names[0]),), tuple(as_gray(one, names[0]) for one in painted)
    return (as_mask(content, names),), tuple(as_mask(one, used(one)) for one in painted)


def _whole_styles(content: Strokes, names: list[str], styles: int) -> Rgb:
    if len(names) == 1:
        return as_gray(content, names[0])
    if len(names) != styles:
        there = "there is 1 painting" if styles == 1 else f"there are {styles} paintings"
        raise UsageError(
            f"the photograph has {len(names)} regions ({', '.join(names)}) and {there}: paint the "
            "same colors on the painting, too, or choose one painting for each region."
        )
    return as_mask(content, names)


def _check_counterparts(names: list[str], styles: Sequence[Strokes | None]) -> None:
    single = len(names) == 1
    for number, strokes in enumerate(styles, start=1):
        there = [] if strokes is None else (list(shares(strokes)) if single else used(strokes))
        if not set(there) & set(names):
            raise UsageError(
                f"painting {number} has no {' or '.join(names)}: paint the colors of the "
                "photograph on every painting, or on none."
            )
    found = {name for one in styles if one is not None for name in used(one)}
    for name in [] if single else names:
        if name not in found:
            raise UsageError(
                f"there is {name} on the photograph and on no painting: paint a part of a painting "
                f"{name}, or wipe it from the photograph."
            )


def told(content: Strokes | None, styles: Sequence[Strokes | None]) -> str:
    """Return what has been understood of the strokes, in a sentence or two."""
    try:
        to_masks(content, styles)
    except UsageError as error:
        return _sentence(str(error))
    if content is None:
        return "Nothing is painted yet: the whole photograph is restyled."
    found, names = shares(content), used(content)
    parts = " and ".join(f"{name} ({_percent(found[name])})" for name in names)
    words = f"Restyled: {parts}. The rest stays the photograph."
    if left := [name for name in found if name not in names]:
        words += f" There is too little {' and '.join(left)} to count beside."
    return words


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:]


def _percent(share: float) -> str:
    return "less than 1 %" if share < 0.01 else f"{100 * share:.0f} %"
