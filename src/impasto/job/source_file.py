"""A file that a picture was painted from: what it was, where it lay, and where it lies now."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from impasto.backbones.weights import FIRST_POCKET, packaged_hashes
from impasto.errors import PictureError
from impasto.filesystem import is_regular
from impasto.images import sha256

LONGEST_PATH = 4096
"""Characters of a path; Linux takes as many bytes."""


@dataclass(frozen=True)
class SourceFile:
    """One file or array that a painting was made from.

    Attributes:
        path: The file, from the picture's folder on if it is relative; None for an array.
        sha256: Of the file, or of the array's values.
    """

    path: str | None
    sha256: str

    @classmethod
    def of_file(cls, path: str | Path) -> SourceFile:
        """Return the input that a file is."""
        return cls(str(path), sha256(path))

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> SourceFile:
        """Return the input of a dictionary, which somebody may have edited.

        Raises:
            ValueError: If the path is none that a file can have, or the hash is none.
        """
        path, digest = values["path"], values["sha256"]
        if path is not None and not (isinstance(path, str) and 0 < len(path) <= LONGEST_PATH):
            raise ValueError(f"a path is {path!r:.40}")
        if not isinstance(digest, str) or not re.fullmatch("[0-9a-f]{0,64}", digest):
            raise ValueError(f"a hash is {digest!r:.40}")
        return cls(path, digest)

    @classmethod
    def of_values(cls, values: bytes) -> SourceFile:
        """Return the input that an array is."""
        return cls(None, hashlib.sha256(values).hexdigest())


FORMER_POCKET = SourceFile("pocket.safetensors", FIRST_POCKET)
"""What recipes mean that name the pocket network and no weights."""


def seen_from(folder: Path, path: str) -> str:
    """Return the path of a file from a folder on; as it is if there is none, as between drives."""
    file = Path(path)
    try:
        found = os.path.relpath(file.parent.resolve() / file.name, folder)
    except ValueError:
        return path
    return Path(found).as_posix()


def locate(
    given: str | None,
    recorded: SourceFile,
    picture: Path,
    what: str,
    is_there: Callable[[Path], bool] = is_regular,
    digest: Callable[[Path], str] = sha256,
) -> str:
    """Return where an input of a picture lies now.

    It is looked for at ``given``, or else at its recorded path, which may be relative to the
    picture's folder, and then beside the picture.

    Args:
        given: Where somebody says that it is.
        recorded: What the picture tells of it.
        picture: The picture.
        what: What the input is called.
        is_there: Tells whether there is such an input at a path.
        digest: Returns the hash of the input at a path.

    Raises:
        PictureError: If it is missing or has changed; the message says which and what to do.
    """
    if given is not None:
        return given
    if recorded.path is None:
        raise PictureError(f"the {what} was not a file: give one with --{what}.")
    from_there = os.path.normpath(picture.parent.resolve() / recorded.path)
    candidates = (Path(from_there), picture.parent / Path(recorded.path).name)
    there = [path for path in candidates if is_there(path)]
    for path in there:
        if digest(path) == recorded.sha256:
            return str(path)
    if recorded.sha256 == FIRST_POCKET:
        raise PictureError(
            f"'{picture}' was painted by the pocket network of version 0.1.0, which has been "
            "taught anew since: give its file with --weights, or lay it beside the picture; it is "
            "'training/pocket-0.1.0.safetensors' in the source code "
            f"(SHA-256 {FIRST_POCKET[:12]}…)."
        )
    if not there:
        raise PictureError(
            f"the {what} '{recorded.path}' is missing: put it back, beside the picture, "
            f"or give it with --{what}."
        )
    raise PictureError(
        f"the {what} '{there[0]}' has changed since the picture was painted: put the old file "
        f"back, or give one with --{what} to paint from it."
    )


def is_packaged(weights: SourceFile | None) -> bool:
    """Tell whether these are weights that come with the package."""
    return weights is not None and weights.sha256 in packaged_hashes()


def locate_all(
    given: Sequence[str], recorded: Sequence[SourceFile], picture: Path, what: str
) -> list[str]:
    """Return where several inputs lie now, see `locate`; ``given`` replaces all or none."""
    if given:
        return list(given)
    return [locate(None, each, picture, what) for each in recorded]
