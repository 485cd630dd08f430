"""How a clip is painted: what there is to choose besides the settings of its frames."""

from __future__ import annotations

import dataclasses
import math
import re
from dataclasses import dataclass
from typing import Any

from impasto.errors import SettingsError
from impasto.settings import parsing
from impasto.settings.settings import Settings
from impasto.settings.spec import Group, SettingSpec, spec

FEWEST_EVALUATIONS = 30
"""Of a frame that begins as the one before: with fewer the style wears off from frame to frame, and
what comes into sight is not painted before it has gone."""


def seconds(value: Any) -> float:
    """Return a time, which may be written as ``1:05.5`` or ``1:02:03``, in seconds.

    Example:
        >>> seconds("1:05.5"), seconds(3)
        (65.5, 3.0)
    """
    text = str(value).strip()
    if not re.fullmatch(r"(\d+:){0,2}\d+(\.\d*)?", text):
        raise ValueError("it must be a time like 12.5 or 1:05.5")
    total = 0.0
    for part in text.split(":"):
        total = 60 * total + float(part)
    return total


@dataclass(frozen=True, kw_only=True)
class ClipSettings:
    """How a clip is painted, checked. Values may be given as text, as in `Settings`.

    Raises:
        SettingsError: If a value is out of its range, or two contradict each other.
    """

    temporal_weight: float = spec(
        100.0,
        parsing.real,
        "larger holds the paint more firmly to what moves, 0 not at all",
        Group.CLIP,
        low=0,
        high=1e9,
    )
    sweeps: int = spec(
        1,
        parsing.whole,
        "how often the clip is painted through, forward and backward in turn: with 2, what comes "
        "later counts for what comes before",
        Group.CLIP,
        low=1,
        high=20,
    )
    loop: bool = spec(
        False,
        parsing.flag,
        "the last frame leads to the first; takes two sweeps or more",
        Group.CLIP,
    )
    start: float = spec(0.0, seconds, "begin there, like 12.5 or 1:05.5", Group.CLIP, unit="TIME")
    end: float | None = spec(None, seconds, "end there", Group.CLIP, unit="TIME")
    frames: int | None = spec(
        None, parsing.whole, "paint at most so many frames", Group.CLIP, low=1, high=10**7
    )
    every: int = spec(
        1,
        parsing.whole,
        "paint one frame of so many, which is shown for as long as these",
        Group.CLIP,
        low=1,
        high=10**6,
    )
    rate: float = spec(
        25.0,
        parsing.real,
        "frames in a second, where CLIP is a folder or a pattern of pictures",
        Group.CLIP,
        low=0.01,
        high=1000,
    )

    def __post_init__(self) -> None:
        for name, this in CLIP_SPECS.items():
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, this.check(name, value))
        if self.end is not None and self.end <= self.start:
            raise SettingsError(
                f"the clip is painted from {self.start:g} to {self.end:g} seconds: the end must be "
                "later than the start."
            )
        if self.loop and self.sweeps == 1:
            object.__setattr__(self, "sweeps", 2)

    @property
    def is_whole(self) -> bool:
        """Whether the clip is painted from its beginning to its end."""
        return self.start == 0 and self.end is None and self.frames is None

    def to_dict(self) -> dict[str, Any]:
        """Return everything, ready for JSON."""
        return dataclasses.asdict(self)


CLIP_SPECS: dict[str, SettingSpec] = {
    field.name: field.metadata["spec"] for field in dataclasses.fields(ClipSettings)
}
"""What a front end needs to know of each, by its name."""

NOT_IN_CLIPS = {
    "balance": "the weights would be others in each frame",
    "keep_alpha": "a film has no transparency",
    "protect_faces": "faces are looked for in pictures, not in clips, yet",
}
"""Settings of pictures that clips do not have, and why."""


def for_a_clip(settings: Settings) -> Settings:
    """Return settings of a picture as those of the first frame of a clip.

    Raises:
        SettingsError: If they ask for what there is in pictures only.
    """
    for name, why in NOT_IN_CLIPS.items():
        if getattr(settings, name):
            raise SettingsError(f"{name} is for pictures and a clip is given: {why}.")
    return settings.replace(protect_faces=0)


PREVIEW_SIZE, PREVIEW_EVERY, PREVIEW_FRAMES = 192, 10, 24
"""Of what shows in a minute what a clip will be: pixels, one frame of so many, and at most so many
of these."""


def for_preview(settings: Settings, how: ClipSettings) -> tuple[Settings, ClipSettings]:
    """Return settings that show in a minute what a clip will be, by the quick network."""
    every = max(how.every, PREVIEW_EVERY)
    frames = PREVIEW_FRAMES
    if how.frames is not None:
        frames = min(frames, math.ceil(how.frames * how.every / every))
    small = settings.replace(
        size=min(settings.size, PREVIEW_SIZE), plan=None, levels=None, backbone="pocket",
        weights=None, iterations=FEWEST_EVALUATIONS,
    )  # fmt: skip
    return small, dataclasses.replace(how, every=every, frames=frames, sweeps=1, loop=False)


def evaluations_of(settings: Settings) -> int:
    """Return the evaluations of a frame that begins as the one before.

    They are those of a picture at its final size, if none are given at least so many that the style
    does not wear off.
    """
    usual = settings.completed().iterations
    return usual if settings.iterations is not None else max(usual, FEWEST_EVALUATIONS)
