"""How a picture was painted: settings and inputs, embedded in the picture, enough to repeat it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from impasto._version import __version__
from impasto.errors import PictureError, UsageError, printable
from impasto.images import read_settings
from impasto.job.source_file import FORMER_POCKET, SourceFile, is_packaged, seen_from
from impasto.plugins import Plugin, require
from impasto.settings import Settings

MOST_PICTURES = 100
"""Style pictures, and masks of a kind, that one painting is made from."""

LONGEST_RECIPE = 1_000_000
"""Characters of a recipe; most have a few thousand."""


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
        weights: The weight file: given, fetched, or of the package; None for a network that has
            none, such as a plugin's.
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
        return self.told(partial(seen_from, picture.parent.resolve()))

    def told(self, place: Callable[[str], str]) -> str | None:
        """Return what a picture file tells of itself, see `in_file`, whose inputs lie elsewhere.

        Args:
            place: Returns where a file lies, seen from the picture.
        """
        how = self.settings.recipe
        if how == "none":
            return None
        named = self.with_paths(place)
        return (
            named.with_paths(lambda path: Path(path).name) if how == "names" else named
        ).to_json()

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
        former = FORMER_POCKET if values["settings"].get("backbone") == "pocket" else None
        return {
            "settings": dict(values["settings"]),
            "content": _optional(values["content"]),
            "styles": _several(values["styles"]),
            "content_masks": _several(values.get("content_masks", ())),
            "style_masks": _several(values.get("style_masks", ())),
            "init": _optional(values.get("init")),
            "fine_style": _optional(values.get("fine_style")),
            "weights": _optional(values.get("weights")) or former,
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
