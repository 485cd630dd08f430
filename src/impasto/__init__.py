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
    from impasto.api import reconstruct, stylize, stylize_steps, stylize_video, texture
    from impasto.batches import paint_batch as batch
    from impasto.evaluation import judge as evaluate
    from impasto.job import Recipe
    from impasto.optimize import Step
    from impasto.plugins import load as load_plugin
    from impasto.run import Result
    from impasto.settings import Settings
    from impasto.sweeps import paint_sweep as sweep

__all__ = [
    "ImpastoError",
    "Recipe",
    "Result",
    "Settings",
    "Step",
    "UsageError",
    "__version__",
    "batch",
    "evaluate",
    "load_plugin",
    "reconstruct",
    "stylize",
    "stylize_steps",
    "stylize_video",
    "sweep",
    "texture",
]

_HOMES = {
    "Recipe": "job",
    "Result": "run",
    "Settings": "settings",
    "Step": "optimize",
    "batch": "batches:paint_batch",
    "evaluate": "evaluation:judge",
    "load_plugin": "plugins:load",
    "reconstruct": "api",
    "stylize": "api",
    "stylize_steps": "api",
    "stylize_video": "api",
    "sweep": "sweeps:paint_sweep",
    "texture": "api",
    # Names of version 0.1.0.
    "Painted": "run:Result",
    "Progress": "run:Result",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        home, _, now = _HOMES[name].partition(":")
        return import_row(f"impasto.{home}:{now or name}")
    raise AttributeError(f"module 'impasto' has no attribute '{name}'")
