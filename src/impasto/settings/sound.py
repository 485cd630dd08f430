"""How a sound is made: every setting once, as for pictures."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from impasto.settings import parsing
from impasto.settings.clip import seconds
from impasto.settings.spec import Group, SettingSpec, spec

SOUND_STARTS = {
    "moments": "moments of the recording, in an order with its rhythm",
    "noise": "noise as loud as the recording in every band",
}
"""Where a texture starts."""

BIT_DEPTHS = {"16": "whole numbers", "24": "whole numbers", "32": "floating point"}
"""Bits of a sample, for files that are not compressed with loss."""


def digits(value: Any) -> str:
    """Return a choice among numbers as it is typed."""
    return str(value)


@dataclass(frozen=True, kw_only=True)
class SoundSettings:
    """How a sound is made, checked. Values may be given as text, as in `Settings`.

    Raises:
        SettingsError: If a value is out of its range.
    """

    seconds: float | None = spec(
        None,
        seconds,
        "length of the result, like 60 or 1:30; that of the recording if not given",
        Group.SOUND,
        unit="TIME",
        low=0.5,
        high=4 * 3600,
    )
    loop: bool = spec(False, parsing.flag, "the end leads to the beginning", Group.SOUND)
    start: str = spec("moments", parsing.name, "where it starts", Group.SOUND, choices=SOUND_STARTS)
    content_weight: float = spec(
        1.0,
        parsing.real,
        "larger keeps more of the rhythm of what is painted; of a texture it changes nothing",
        Group.SOUND,
        low=0,
        high=1e6,
    )
    rhythm_weight: float = spec(
        0.3,
        parsing.real,
        "larger keeps more of what comes back after 0.2 to 2 seconds",
        Group.SOUND,
        low=0,
        high=1e6,
    )
    iterations: int = spec(
        60, parsing.whole, "evaluations of each piece", Group.SOUND, low=1, high=100_000
    )
    filters: int = spec(
        256,
        parsing.whole,
        "of each of the six networks: more are closer to the recording, and slower",
        Group.SOUND,
        low=8,
        high=8192,
    )
    rate: int | None = spec(
        None,
        parsing.whole,
        "samples in a second; those of the recording if not given, half of them are twice as fast",
        Group.SOUND,
        unit="HZ",
        low=8000,
        high=192_000,
    )
    bits: str | None = spec(
        None,
        digits,
        "of a sample in a .wav or .flac; those of the recording if not given",
        Group.SOUND,
        choices=BIT_DEPTHS,
    )
    piece: float = spec(
        15.0,
        parsing.real,
        "longer results are made in pieces of so many seconds that overlap; shorter take less "
        "memory",
        Group.SOUND,
        low=5,
        high=3600,
    )
    seed: int = spec(0, parsing.whole, "of all chance", Group.SOUND, low=0, high=2**31 - 1)

    def __post_init__(self) -> None:
        for name, this in SOUND_SPECS.items():
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, this.check(name, value))

    def replace(self, **values: Any) -> SoundSettings:
        """Return the same with other values."""
        return dataclasses.replace(self, **values)

    def to_dict(self) -> dict[str, Any]:
        """Return everything, ready for JSON."""
        return dataclasses.asdict(self)


SOUND_SPECS: dict[str, SettingSpec] = {
    field.name: field.metadata["spec"] for field in dataclasses.fields(SoundSettings)
}
"""What a front end needs to know of each, by its name."""
