"""Run the files of plugins, and import those that packages have installed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from impasto.errors import PluginError
from impasto.filesystem import open_regular
from impasto.plugins.plugin import Plugin
from impasto.plugins.tables import adopt, owners, registering

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "impasto.plugins"
"""The group of entry points: each names a module that registers rows when it is imported."""


def load(path: str | os.PathLike[str]) -> Plugin:
    """Run a file that registers rows; its code can do whatever you can.

    The same file again changes nothing, and a changed one takes the place of its older version.

    Args:
        path: A Python file. Modules beside it cannot be imported: of several files, make a package.

    Raises:
        PluginError: If it cannot be read, fails, or registers nothing; then all is as before.

    Example:
        >>> load("no_such_loss.py")
        Traceback (most recent call last):
        impasto.errors.PluginError: there is no plugin 'no_such_loss.py': check its path.
    """
    file = Path(path).expanduser().resolve()
    try:
        with open_regular(file) as opened:
            source = opened.read()
    except FileNotFoundError:
        raise PluginError(f"there is no plugin '{path}': check its path.") from None
    except OSError as error:
        raise PluginError(
            f"the plugin '{path}' cannot be read ({error.strerror}): give a Python file."
        ) from None
    plugin = Plugin.of_file(file, source, file.stem)
    if plugin not in owners():
        with registering(plugin):
            with explaining(f"the plugin '{path}'", file):
                # What has been hashed is what runs, whatever becomes of the file.
                exec(compile(source, file, "exec", dont_inherit=True), vars(_module(plugin)))
            if plugin not in owners():
                raise PluginError(
                    f"the plugin '{path}' registers nothing: it must call a function of "
                    "impasto.plugins.register, like register.style_loss."
                )
    return plugin


def _module(plugin: Plugin) -> ModuleType:
    """Return the module that a file runs in."""
    module = ModuleType(f"impasto_plugin_{plugin.name}_{plugin.sha256[:8]}")
    module.__file__ = plugin.path
    sys.modules[module.__name__] = module  # where dataclasses look for it
    return module


@contextmanager
def explaining(what: str, file: Path | None = None) -> Iterator[None]:
    """Turn every failure of a plugin into one sentence; IMPASTO_DEBUG lets it through.

    Args:
        what: The plugin, for the message.
        file: The file that it is, whose line is named.
    """
    try:
        yield
    except (Exception, SystemExit) as error:
        import traceback  # hardly ever needed

        frames = traceback.extract_tb(error.__traceback__)
        lines = [frame.lineno for frame in frames if frame.filename == str(file)]
        line = f"line {lines[-1]}" if lines else ""
        if isinstance(error, PluginError):
            at = f" ({line})" if line else ""
            raise PluginError(f"{what} cannot be loaded{at}: {error}") from error
        if os.environ.get("IMPASTO_DEBUG"):
            raise
        words = f"{type(error).__name__}: {' '.join(str(error).split())}".rstrip(": ")
        raise PluginError(
            f"{what} cannot be loaded ({', '.join(filter(None, [line, words]))}): mend it or leave "
            "it out; IMPASTO_DEBUG=1 shows where it fails."
        ) from error


_asked = False
"""Whether the installed plugins have been asked for."""


def load_installed() -> None:
    """Import the plugins of all installed packages, once.

    It is called when a name is in no table, and before all names are listed: who uses none of them
    does not wait for them.

    Raises:
        PluginError: If one fails; the message names its package.
    """
    global _asked
    if _asked:
        return
    _asked = True  # at once, for what a plugin does may ask again
    if not _any_installed():
        return
    from importlib.metadata import entry_points

    try:
        for point in entry_points(group=GROUP):
            _import(point)
    except PluginError:
        _asked = False
        raise


def _any_installed() -> bool:
    """Tell whether an installed package names the group.

    Reading all metadata takes half as long as ``--help`` takes in all, and hardly anybody has a
    plugin. So the files are looked through for the name first.
    """
    heading = f"[{GROUP}]".encode()
    for folder in sys.path:
        with suppress(OSError), os.scandir(folder or ".") as entries:
            for entry in entries:
                if entry.name.endswith((".dist-info", ".egg-info")):
                    with suppress(OSError):
                        if heading in Path(entry, "entry_points.txt").read_bytes():
                            return True
    return False


def _import(point: EntryPoint) -> None:
    """Import the module that an entry point names."""
    package = f"{point.dist.name} {point.dist.version}" if point.dist else point.module
    unknown = Plugin(point.name, None, "", package)
    with registering(unknown), explaining(f"the plugin '{point.name}' of '{package}'"):
        module = import_module(point.module)
    if module.__file__ is not None:
        file = Path(module.__file__).resolve()
        adopt(Plugin.of_file(file, file.read_bytes(), point.name, package), unknown)
