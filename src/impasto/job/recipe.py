"""How a picture was painted: settings and inputs, embedded in the picture, enough to repeat it."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from impasto._version import __version__
from impasto.backbones.weights import PUBLISHED
from impasto.errors import PictureError, UsageError, printable
from impasto.filesystem import is_regular
from impasto.images import read_settings, sha256
from impasto.plugins import Plugin, require
from impasto.settings import Settings

MOST_PICTURES = 100
"""Style pictures, and masks of a kind, that one painting is made from."""

LONGEST_PATH = 4096
"""Characters of a path; Linux takes as many bytes."""

LONGEST_RECIPE = 1_000_000
"""Characters of a recipe; most have a few thousand."""


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


@dataclass(frozen=True)
class Recipe:
    """Everything that determines a picture on a given machine. It holds no time stamps.

    Attributes:
        settings: All settings, those included that the run chose by itself.
        content: The photograph, or None for a texture.
        styles: The style pictures.
        init: The start image, if it was a file.
        fine_style: The picture of the fine strokes.
        content_masks: The content masks.
        style_masks: The style masks.
        weights: The weight file, if one was given or fetched.
        canvas: Width and height of a texture, which has no photograph.
        plugins: Those that the settings use, each with its hash and what is used of it.
        version: Of Impasto.
    """

    settings: Settings
    content: SourceFile | None
    styles: tuple[SourceFile, ...]
    init: SourceFile | None = None
    fine_style: SourceFile | None = None
    content_masks: tuple[SourceFile, ...] = ()
    style_masks: tuple[SourceFile, ...] = ()
    weights: SourceFile | None = None
    canvas: tuple[int, int] | None = None
    plugins: tuple[Plugin, ...] = ()
    version: str = __version__

    def in_file(self, picture: Path) -> str | None:
        """Return what a picture file tells of itself, or None if it is to tell nothing.

        A picture is passed on, and the folders of its painter are nobody's business.
        """
        how = self.settings.recipe
        if how == "none":
            return None
        folder = picture.parent.resolve()
        change = (lambda path: Path(path).name) if how == "names" else partial(seen_from, folder)
        return self.with_paths(change).to_json()

    def with_paths(self, change: Callable[[str], str]) -> Recipe:
        """Return the recipe with the paths of all files changed, in the settings, too."""

        def changed(file: Any) -> Any:
            if isinstance(file, tuple):
                return tuple(map(changed, file))
            if file is None or file.path is None:
                return file
            # Those of the package lie elsewhere on every machine, and are known by their hash.
            name = Path(file.path).name
            return replace(file, path=name if is_packaged(file) else change(file.path))

        files = {name: changed(getattr(self, name)) for name in (*FILES, "plugins")}
        named = {
            setting: tuple(file.path for file in of) if isinstance(of, tuple) else of.path
            for setting, name in NAMED.items()
            if (of := files[name]) and getattr(self.settings, setting)
        }
        return replace(self, settings=self.settings.replace(**named), **files)

    def to_json(self) -> str:
        """Return the recipe as JSON, as embedded in pictures."""
        values = {**asdict(self), "settings": self.settings.to_dict()}
        for name in ("canvas", "plugins"):  # most pictures have none
            if not values[name]:
                del values[name]
        return json.dumps({"impasto": values.pop("version"), **values})

    @classmethod
    def from_json(cls, text: str) -> Recipe:
        """Return the recipe of a text as `to_json` makes it.

        Raises:
            PluginError: If it names a plugin that is not here; none is loaded for its sake.
            UsageError: If the text is no recipe that this version reads.
        """
        fields = fields_of(text)
        require(fields["plugins"])
        with _readable():
            return cls(**fields | {"settings": Settings.from_dict(fields["settings"])})

    @classmethod
    def of_picture(cls, path: str | Path) -> Recipe:
        """Return the recipe inside a picture file.

        Raises:
            PictureError: If the file is no picture, or holds no recipe; else as `from_json`.
        """
        return cls.from_json(read_embedded(path))


FILES = ("content", "styles", "init", "fine_style", "content_masks", "style_masks", "weights")
"""Attributes of a recipe that are files."""

NAMED = {
    "init": "init",
    "fine_style": "fine_style",
    "content_mask": "content_masks",
    "style_mask": "style_masks",
    "weights": "weights",
}
"""Settings that name files, and the attribute that these are of a recipe."""


def seen_from(folder: Path, path: str) -> str:
    """Return the path of a file from a folder on; as it is if there is none, as between drives."""
    file = Path(path)
    try:
        found = os.path.relpath(file.parent.resolve() / file.name, folder)
    except ValueError:
        return path
    return Path(found).as_posix()


def read_embedded(path: str | Path) -> str:
    """Return the text of the recipe inside a picture file.

    Raises:
        PictureError: If the file is no picture, or holds no recipe.
    """
    text = read_settings(path)
    if text is not None:
        return text
    raise PictureError(
        f"'{path}' holds no settings: it must be a picture painted by Impasto, with its recipe, "
        "and not changed by another program."
    )


def fields_of(text: str) -> dict[str, Any]:
    """Return the attributes of a recipe, its settings as they stand there: no plugin is needed.

    Raises:
        UsageError: If the text is no recipe.
    """
    with _readable():
        if len(text) > LONGEST_RECIPE:
            raise ValueError(f"they have {len(text)} characters")
        values: dict[str, Any] = json.loads(text)
        return {
            "settings": dict(values["settings"]),
            "content": _optional(values["content"]),
            "styles": _several(values["styles"]),
            "content_masks": _several(values.get("content_masks", ())),
            "style_masks": _several(values.get("style_masks", ())),
            "init": _optional(values.get("init")),
            "fine_style": _optional(values.get("fine_style")),
            "weights": _optional(values.get("weights")),
            "canvas": _canvas(values),
            "plugins": tuple(map(Plugin.from_dict, values.get("plugins", ()))),
            "version": str(values["impasto"]),
        }


WRONG_FIELDS = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)
"""What fields of other kinds, or lists inside lists inside lists, make their readers raise."""


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except WRONG_FIELDS as error:
        if isinstance(error, UsageError):
            raise
        reason = printable(str(error), longest=200)
        raise UsageError(
            f"the settings inside the picture cannot be read ({reason}): "
            "it must have been painted by Impasto and not been edited."
        ) from None


def _several(values: Sequence[dict[str, Any]]) -> tuple[SourceFile, ...]:
    if len(values) > MOST_PICTURES:
        raise ValueError(f"they name {len(values)} pictures of a kind: at most {MOST_PICTURES}")
    return tuple(map(SourceFile.from_dict, values))


def _optional(values: dict[str, Any] | None) -> SourceFile | None:
    return SourceFile.from_dict(values) if values else None


def _canvas(values: dict[str, Any]) -> tuple[int, int] | None:
    if values["content"] is not None:
        return None
    width, height = map(int, values["canvas"])
    return width, height


def locate(given: str | None, recorded: SourceFile, picture: Path, what: str) -> str:
    """Return where an input of a picture lies now.

    It is looked for at ``given``, or else at its recorded path, which may be relative to the
    picture's folder, and then beside the picture.

    Raises:
        PictureError: If it is missing or has changed; the message says which and what to do.
    """
    if given is not None:
        return given
    if recorded.path is None:
        raise PictureError(f"the {what} was not a file: give one with --{what}.")
    from_there = os.path.normpath(picture.parent.resolve() / recorded.path)
    candidates = (Path(from_there), picture.parent / Path(recorded.path).name)
    there = [path for path in candidates if is_regular(path)]
    if not there:
        raise PictureError(
            f"the {what} '{recorded.path}' is missing: put it back, beside the picture, "
            f"or give it with --{what}."
        )
    for path in there:
        if sha256(path) == recorded.sha256:
            return str(path)
    raise PictureError(
        f"the {what} '{there[0]}' has changed since the picture was painted: put the old file "
        f"back, or give one with --{what} to paint from it."
    )


def is_packaged(weights: SourceFile | None) -> bool:
    """Tell whether these are weights that come with the package."""
    packaged = {row.sha256 for row in PUBLISHED.values() if row.in_package}
    return weights is not None and weights.sha256 in packaged


def locate_all(
    given: Sequence[str], recorded: Sequence[SourceFile], picture: Path, what: str
) -> list[str]:
    """Return where several inputs lie now, see `locate`; ``given`` replaces all or none."""
    if given:
        return list(given)
    return [locate(None, each, picture, what) for each in recorded]
