"""Where a painting may go and what its format can hold, found out before the work starts.

| extension       | bits  | alpha | how                                                           |
|-----------------|-------|-------|---------------------------------------------------------------|
| `.png`          | 8, 16 | yes   | lossless                                                      |
| `.tif`, `.tiff` | 8, 16 | yes   | lossless, deflate with horizontal prediction                  |
| `.webp`         | 8     | yes   | lossless: lossy WebP always stores color at half the size     |
| `.jpg`, `.jpeg` | 8     | no    | quality 95, color at full size (4:4:4)                        |
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from impasto.errors import PictureError, SettingsError, did_you_mean
from impasto.filesystem import beside, is_regular


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
    check_kind(path, bits, alpha=alpha, size=size)
    check_places([path], inputs)


def check_kind(
    path: Path, bits: int, *, alpha: bool = False, size: tuple[int, int] | None = None
) -> None:
    """Find out whether the format of a file can hold a picture, see `check_output`."""
    check_fits(path, format_of(path), bits, alpha, size or (1, 1))


def check_places(paths: Iterable[Path], inputs: Iterable[str | os.PathLike[str]]) -> None:
    """Find out before the work starts whether files of any kind can be written.

    Args:
        paths: All files that may be written.
        inputs: The files being read, none of which may be overwritten.

    Raises:
        PictureError: If a name is too long, the folder is missing or cannot be written to, or the
            file is a folder, protected, an input, or another one of ``paths``.
    """
    taken = {_identity(Path(source)) for source in inputs if is_regular(source)}
    folders: set[Path] = set()
    for path in paths:
        with naming(path):
            identity = _identity(path)
            if identity in taken:
                raise PictureError(
                    f"'{path}' would be written, and is also an input or another file of this run: "
                    "choose another name for the output."
                )
            taken.add(identity)
            _check_name(path)
            if path.parent not in folders or path.is_symlink():
                _try_folder(path)
                folders.add(path.parent)


def check_suffix(path: Path, suffixes: Iterable[str]) -> None:
    """Raise PictureError unless a file of another kind has one of the extensions it may have."""
    if path.suffix.lower() not in suffixes:
        raise PictureError(
            f"'{path}' has the wrong extension: it must be one of {', '.join(suffixes)}."
        )


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


def _identity(path: Path) -> object:
    """Return what is the same for two names of one file, whether it is there or not."""
    try:
        found = path.stat()
    except OSError:
        return os.path.normcase(path.resolve())
    return found.st_dev, found.st_ino


def _check_name(path: Path) -> None:
    try:
        path.stat()  # unlike `Path.exists`, it says so if a name is too long
    except (FileNotFoundError, NotADirectoryError):
        return
    if path.is_dir():
        raise PictureError(f"'{path}' is a folder: give the name of a file in it.")
    if not path.is_file():
        raise PictureError(f"'{path}' is not a regular file: give the name of a new file.")
    # The mode as well: the superuser may write everywhere, but a read-only file is a wish.
    if not os.access(path, os.W_OK) or not path.stat().st_mode & 0o222:
        raise PictureError(f"'{path}' is write-protected: choose another name.")


def _try_folder(path: Path) -> None:
    folder = path.parent
    if not folder.exists():
        raise PictureError(f"'{path}' cannot be written: there is no folder '{folder}', create it.")
    if not folder.is_dir():
        raise PictureError(f"'{path}' cannot be written: '{folder}' is not a folder.")
    # Asking for permission proves nothing on some file systems, or for the superuser: try it.
    probe = beside(path.resolve())
    probe.touch(exist_ok=False)
    probe.unlink(missing_ok=True)


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Make a sentence, with the file's name, of what the system says in a block that writes it.

    Raises:
        PictureError: In place of the system's error.
    """
    try:
        yield
    except (OSError, ValueError) as error:
        raise unwritable(path, error) from error


REMEDIES = {
    errno.ENOSPC: "make room on the disk.",
    errno.EDQUOT: "make room, or ask for a larger quota.",
    errno.EFBIG: "choose another disk, which holds files of this size.",
    errno.ENAMETOOLONG: "choose a shorter name.",
    errno.EROFS: "choose a folder that can be written to.",
}
"""What helps, by what the system says; for the rest a look at the folder."""


def unwritable(path: Path, error: Exception) -> PictureError:
    """Return the error for what the system says about a path."""
    number = error.errno if isinstance(error, OSError) else None
    reason = error.strerror or error if isinstance(error, OSError) else error
    remedy = REMEDIES.get(number or 0, "check the folder and its permissions.")
    return PictureError(f"'{path}' cannot be written ({reason}): {remedy}")
