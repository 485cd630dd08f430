"""Where a painting may go and what its format can hold, found out before the work starts.

| extension       | bits  | alpha | how                                                           |
|-----------------|-------|-------|---------------------------------------------------------------|
| `.png`          | 8, 16 | yes   | lossless                                                      |
| `.tif`, `.tiff` | 8, 16 | yes   | lossless, deflate with horizontal prediction                  |
| `.webp`         | 8     | yes   | lossless: lossy WebP always stores color at half the size     |
| `.jpg`, `.jpeg` | 8     | no    | quality 95, color at full size (4:4:4)                        |
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from impasto.errors import PictureError, SettingsError, did_you_mean


@dataclass(frozen=True)
class FileFormat:
    """A kind of file: what it can hold, and the options for libvips's saver."""

    name: str
    bits: tuple[int, ...]
    alpha: bool
    longest: int  # pixels that a side may have by the format's rules
    options: Mapping[str, Any]


PNG = FileFormat("PNG", (8, 16), True, 2**31 - 1, {"filter": "all"})
TIFF = FileFormat(
    "TIFF", (8, 16), True, 2**31 - 1, {"compression": "deflate", "predictor": "horizontal"}
)
# exact: keep the colors under full transparency.
WEBP = FileFormat("WebP", (8,), True, 16383, {"lossless": True, "exact": True})
JPEG = FileFormat("JPEG", (8,), False, 65535, {"Q": 95, "subsample_mode": "off"})
FILE_FORMATS = {
    ".png": PNG,
    ".jpg": JPEG,
    ".jpeg": JPEG,
    ".webp": WEBP,
    ".tif": TIFF,
    ".tiff": TIFF,
}


def check_output(
    path: str | os.PathLike[str],
    bits: int,
    inputs: Iterable[str | os.PathLike[str]],
    *,
    alpha: bool = False,
    size: tuple[int, int] | None = None,
) -> None:
    """Find out before the work starts whether `write` will be able to write its result.

    Args:
        path: The file to be written.
        bits: Bits per channel.
        inputs: The files being read, none of which may be overwritten.
        alpha: Whether transparency is to be written.
        size: ``(width, height)`` of the result, if it is known yet.

    Raises:
        PictureError: If the extension is unknown, the format cannot hold the picture, the folder is
            missing or cannot be written to, or the file is a folder, protected, or an input.
        SettingsError: If the format has no such ``bits``.
    """
    path = Path(path)
    check_fits(path, format_of(path), bits, alpha, size or (1, 1))
    check_place(path, inputs)


def check_place(path: Path, inputs: Iterable[str | os.PathLike[str]]) -> None:
    """Find out before the work starts whether a file of any kind can be written.

    Args:
        path: The file to be written.
        inputs: The files being read, none of which may be overwritten.

    Raises:
        PictureError: If the folder is missing or cannot be written to, or the file is a folder,
            protected, or an input.
    """
    for source in map(Path, inputs):
        if _same_file(path, source):
            raise PictureError(
                f"'{path}' is also an input or another file of this run: choose another name."
            )
    try:
        _try_place(path)
    except (OSError, ValueError) as error:
        raise unwritable(path, error) from error


def check_file(path: Path, suffixes: Iterable[str], inputs: Iterable[str | Path] = ()) -> None:
    """Find out before the work starts whether a file of another kind can be written.

    Args:
        path: The file to be written.
        suffixes: The extensions that it may have.
        inputs: Files that must not be overwritten.

    Raises:
        PictureError: If it cannot, with the same sentences as `check_output`.
    """
    if path.suffix.lower() not in suffixes:
        raise PictureError(
            f"'{path}' has the wrong extension: it must be one of {', '.join(suffixes)}."
        )
    check_place(path, inputs)


def format_of(path: Path) -> FileFormat:
    """Return the format that the extension asks for."""
    suffix = path.suffix.lower()
    if suffix not in FILE_FORMATS:
        given = f"the extension '{path.suffix}'" if suffix else "no extension"
        raise PictureError(
            f"'{path}' has {given}: {did_you_mean(suffix, FILE_FORMATS) if suffix else ''}"
            f"It must be one of {', '.join(FILE_FORMATS)}."
        )
    return FILE_FORMATS[suffix]


def check_fits(path: Path, kind: FileFormat, bits: int, alpha: bool, size: tuple[int, int]) -> None:
    """Refuse what the format cannot hold."""
    if bits not in (8, 16):
        raise SettingsError(f"{bits} bits per channel for '{path}': it must be 8 or 16.")
    if bits not in kind.bits:
        raise SettingsError(
            f"{bits} bits per channel for '{path}': {kind.name} holds 8, so ask for 8 or write a "
            ".png or .tiff."
        )
    if alpha and not kind.alpha:
        raise PictureError(
            f"'{path}' cannot hold transparency: {kind.name} has none, so write a .png, .webp or "
            ".tiff."
        )
    if max(size) > kind.longest:
        raise PictureError(
            f"'{path}' cannot hold {size[0]} x {size[1]} pixels: {kind.name} ends at "
            f"{kind.longest} a side, so write a .png or .tiff."
        )


def _try_place(path: Path) -> None:
    folder = path.parent
    if path.is_dir():
        raise PictureError(f"'{path}' is a folder: give the name of a file in it.")
    if not folder.exists():
        raise PictureError(f"'{path}' cannot be written: there is no folder '{folder}', create it.")
    if not folder.is_dir():
        raise PictureError(f"'{path}' cannot be written: '{folder}' is not a folder.")
    if path.exists():
        if not path.is_file():
            raise PictureError(f"'{path}' is not a regular file: give the name of a new file.")
        # The mode as well: the superuser may write everywhere, but a read-only file is a wish.
        if not os.access(path, os.W_OK) or not path.stat().st_mode & 0o222:
            raise PictureError(f"'{path}' is write-protected: choose another name.")
    # Asking for permission proves nothing on some file systems, or for the superuser: try it.
    probe = beside(path.resolve())
    probe.touch(exist_ok=False)
    probe.unlink()


def _same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except (OSError, ValueError):
        return one.absolute() == other.absolute()


def beside(path: Path) -> Path:
    """Return a new name in the same folder, where a rename is atomic."""
    return path.with_name(f".impasto-{secrets.token_hex(8)}.tmp")


def unwritable(path: Path, error: Exception) -> PictureError:
    """Return the error for what the system says about a path."""
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return PictureError(
        f"'{path}' cannot be written ({reason}): check the folder, its permissions and "
        "the free space."
    )
