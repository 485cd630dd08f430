"""What to paint: every setting once, with its default, unit, range and help.

settings.py    Settings: one frozen dataclass, from which options, page, JSON and docs derive
spec.py        what a front end needs to know of one setting
parsing.py     from text to values
validation.py  which settings exclude each other
presets.py     the published defaults of the paper and of other programs
"""

from impasto.settings.presets import PRESETS, apply, expand
from impasto.settings.settings import ITERATIONS, MACHINE, SPECS, Layers, Settings, check
from impasto.settings.spec import SettingSpec

__all__ = [
    "ITERATIONS",
    "MACHINE",
    "PRESETS",
    "SPECS",
    "Layers",
    "SettingSpec",
    "Settings",
    "apply",
    "check",
    "expand",
]
