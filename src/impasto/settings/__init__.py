"""What to paint: every setting once, with its default, unit, range and help.

fields.py        the table of all settings, from which options, page, JSON and docs derive
spec.py          what a front end needs to know of one setting
parsing.py       from text to values
validation.py    which values contradict each other
defaults.py      what follows for those that are left open
settings.py      Settings as asked for, complete, and resolved: with nothing left open
combinations.py  which settings decide the same, or change nothing beside others
looks.py         what a painter would say of a picture, as settings
presets.py       the published defaults of the paper and of other programs
clip.py          what there is to choose of a clip besides the settings of its frames
print_size.py    from a size on paper to pixels, and back
sound.py         what there is to choose of a sound
expansion.py     from a preset and what is given to settings
"""

from impasto.backbones import LayerWeights
from impasto.settings import parsing
from impasto.settings.clip import (
    CLIP_SPECS,
    NOT_IN_CLIPS,
    PREVIEW_FRAMES,
    PREVIEW_SIZE,
    ClipSettings,
    evaluations_of,
    for_a_clip,
    for_preview,
)
from impasto.settings.combinations import EXCLUSIVE, check_exclusive, notes_on
from impasto.settings.expansion import apply, expand, weights_are_here
from impasto.settings.fields import SPECS, Plan, check
from impasto.settings.looks import LOOKS, Look, with_look
from impasto.settings.presets import PRESETS
from impasto.settings.print_size import for_print, on_paper
from impasto.settings.settings import (
    MACHINE_CHOICES,
    CompleteSettings,
    ResolvedSettings,
    Settings,
)
from impasto.settings.sound import SOUND_SPECS, SoundSettings
from impasto.settings.spec import Group, SettingSpec

__all__ = [
    "CLIP_SPECS",
    "EXCLUSIVE",
    "LOOKS",
    "MACHINE_CHOICES",
    "NOT_IN_CLIPS",
    "PRESETS",
    "PREVIEW_FRAMES",
    "PREVIEW_SIZE",
    "SOUND_SPECS",
    "SPECS",
    "ClipSettings",
    "CompleteSettings",
    "Group",
    "LayerWeights",
    "Look",
    "Plan",
    "ResolvedSettings",
    "SettingSpec",
    "Settings",
    "SoundSettings",
    "apply",
    "check",
    "check_exclusive",
    "evaluations_of",
    "expand",
    "for_a_clip",
    "for_preview",
    "for_print",
    "notes_on",
    "on_paper",
    "parsing",
    "weights_are_here",
    "with_look",
]
