"""Impasto paints a photograph in the style of a painting.

>>> import impasto
>>> sorted(impasto.__all__)[0]
'ImpastoError'

Names are loaded when they are first used, so that importing the package needs no torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from impasto._version import __version__
from impasto.errors import ImpastoError, UsageError, import_row

if TYPE_CHECKING:
    from impasto.run.result import Painted, Progress
    from impasto.job.recipe import Recipe
    from impasto.reconstruction import reconstruct
    from impasto.settings.settings import Settings
    from impasto.transfer import stylize, stylize_steps

__all__ = [
    "ImpastoError",
    "Painted",
    "Progress",
    "Recipe",
    "Settings",
    "UsageError",
    "__version__",
    "reconstruct",
    "stylize",
    "stylize_steps",
]

_HOMES = {
    "Painted": "impasto.run.result",
    "Progress": "impasto.run.result",
    "Recipe": "impasto.job.recipe",
    "Settings": "impasto.settings.settings",
    "reconstruct": "impasto.reconstruction",
    "stylize": "impasto.transfer",
    "stylize_steps": "impasto.transfer",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return import_row(f"{_HOMES[name]}:{name}")
    raise AttributeError(f"module 'impasto' has no attribute '{name}'")
