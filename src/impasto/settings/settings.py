"""Settings: as they are asked for, with what follows from them, and with nothing left open.

    Settings             what is asked for; what is None is open
    CompleteSettings     what to paint is settled; where to compute may be open
    ResolvedSettings     nothing is open: those of a job that is ready to begin

Each is the one above with fewer values that may be None, and its types say so.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any, Self

from impasto.backbones import LayerWeights
from impasto.errors import look_up
from impasto.settings.defaults import defaults
from impasto.settings.fields import SPECS, Plan, SettingFields
from impasto.settings.validation import check_given, check_together


@dataclass(frozen=True, kw_only=True, eq=False)
class Settings(SettingFields):
    """The settings of one painting, checked.

    Those that are None are open: they follow from the others, or the machine chooses them when a
    run is prepared. Values may be given as text, as on the command line, or as Python values:
    ``Settings(style_layers="relu1_1:0.5,relu2_1")`` and
    ``Settings(style_layers={"relu1_1": 0.5, "relu2_1": 1})`` are equal.

    Raises:
        SettingsError: If a value is out of its range or not of its kind.
        UnknownName: If a backbone, layer, optimizer, ... does not exist.

    Example:
        >>> settings = Settings(size="256", optimizer="adam")
        >>> settings.size, settings.learning_rate, settings.completed().learning_rate
        (256, None, 0.02)
    """

    def __new__(cls, **values: Any) -> Self:
        """Name a setting that does not exist, before ``__init__`` would raise a TypeError."""
        for name in values:
            look_up(SPECS, name, "setting")
        return super().__new__(cls)

    def __post_init__(self) -> None:
        super().__post_init__()
        check_given(self)
        check_together(self)

    def __eq__(self, other: object) -> bool:
        """Tell whether all values are equal, whoever has chosen them."""
        return isinstance(other, Settings) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash(tuple(getattr(self, name) for name in SPECS))

    def completed(self) -> CompleteSettings:
        """Return the settings with everything filled in that follows from other settings."""
        return CompleteSettings(**{**vars(self), **defaults(self)})

    def resolved(
        self, *, device: str, precision: str, threads: int, tile: int = 0
    ) -> ResolvedSettings:
        """Return the settings with nothing left open. A value that is given stays as it is.

        Args:
            device: Where to compute, unless it is given.
            precision: Of the network's numbers, unless it is given.
            threads: Of the processor, unless they are given.
            tile: Side of the tiles, 0 for none, unless it is given. What fits into memory is not
                known before the network is.
        """
        machine = {"device": device, "precision": precision, "threads": threads, "tile": tile}
        chosen = {name: value for name, value in machine.items() if getattr(self, name) is None}
        return ResolvedSettings(**{**vars(self.completed()), **chosen})

    def replace(self, **changes: Any) -> Self:
        """Return a copy with some settings changed."""
        return dataclasses.replace(self, **changes)

    def to_dict(self) -> dict[str, Any]:
        """Return the settings that differ from ``None``, ready for JSON."""
        values = {name: getattr(self, name) for name in SPECS}
        return {name: value for name, value in values.items() if value is not None}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Return the settings of a dictionary as `to_dict` makes it.

        Raises:
            UnknownName: If it names a setting that does not exist.
        """
        return cls(**values)


@dataclass(frozen=True, kw_only=True, eq=False)
class CompleteSettings(Settings):
    """Settings in which only the machine's choices may be open; see `Settings.completed`.

    With `auto`, the style weight is the usual one until the run has chosen another.
    """

    style_weight: float = field()
    content_weight: float = field()
    tv_weight: float = field()
    protect_faces: float = field()
    photoreal_weight: float = field()
    finish: str = field()
    iterations: int = field()
    levels: int = field()
    plan: Plan = field()
    continuation: int = field()
    learning_rate: float = field()
    pooling: str = field()
    content_layers: LayerWeights = field()
    style_layers: LayerWeights = field()
    tv: str = field()

    def __post_init__(self) -> None:
        SettingFields.__post_init__(self)  # without `check_given`: now there are further values
        check_together(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the settings that differ from ``None`` and that the run is not to choose yet."""
        values = super().to_dict()
        if self.auto:
            del values["style_weight"]
        return values


@dataclass(frozen=True, kw_only=True, eq=False)
class ResolvedSettings(CompleteSettings):
    """Settings with nothing left open; see `Settings.resolved`.

    What is None here stays so: there is no such file, mask, limit, or no use for it.
    """

    device: str = field()
    precision: str = field()
    threads: int = field()
    tile: int = field()


MACHINE_CHOICES = ("device", "precision", "threads", "tile")
"""What the machine chooses if nobody does."""
