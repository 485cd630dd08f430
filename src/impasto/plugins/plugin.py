"""What is known of a plugin: enough for a picture to name it, and for a reader to find it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self


@dataclass(frozen=True)
class Plugin:
    """A file, or a module of an installed package, that registers rows.

    Attributes:
        name: Of the file without its suffix, of the entry point, or of the program.
        path: The file; None for a program that has none, like a notebook.
        sha256: Of the file; empty if there is none.
        distribution: Name and version of the installed package; None for a file.
        rows: The rows that settings use of it, each as a setting and a name: see `used`.
    """

    name: str
    path: str | None
    sha256: str
    distribution: str | None = None
    rows: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of_file(cls, path: Path, source: bytes, name: str, distribution: str | None = None) -> Self:
        """Return the plugin that a file with these contents is."""
        return cls(name, str(path), hashlib.sha256(source).hexdigest(), distribution)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Return the plugin of a dictionary as `to_dict` makes it, which somebody may have edited.

        Raises:
            ValueError: If what people are shown of it could move the cursor of a terminal.
        """
        path, distribution = (
            None if values[key] is None else str(values[key]) for key in ("path", "distribution")
        )
        rows = tuple((str(setting), str(name)) for setting, name in values["rows"])
        digest = str(values["sha256"])
        if not "".join([digest, *(word for row in rows for word in row)]).isprintable():
            raise ValueError("a plugin has a hash or a row of characters that cannot be printed")
        return cls(str(values["name"]), path, digest, distribution, rows)

    def to_dict(self) -> dict[str, Any]:
        """Return the plugin ready for JSON."""
        return asdict(self)

    def is_place_of(self, other: Plugin) -> bool:
        """Tell whether the other one is from the same file, be it another version."""
        if self.path is None:
            return other.path is None and other.name == self.name
        return other.path == self.path

    @property
    def where(self) -> str:
        """Where it comes from and its hash, as people read it.

        Example:
            >>> Plugin("skew", "/a/skew.py", "0123456789abcdef").where
            "'/a/skew.py' (sha256 0123456789ab…)"
        """
        # By repr, for whoever has edited a picture chooses path and name.
        digest = f" (sha256 {self.sha256[:12]}…)" if self.sha256 else ""
        package = f" of the package {self.distribution!r}" if self.distribution else ""
        return f"{(package and self.name) or self.path or self.name!r}{package}{digest}"
