"""What a front end needs to know of one setting, and the check of its values."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from impasto.errors import SettingsError, look_up

_Value = TypeVar("_Value")


class Group(StrEnum):
    """The headings under which settings are listed."""

    PAINTING = "Painting"
    CLIP = "Clip"
    SOUND = "Sound"
    COLOR = "Color"
    REGIONS = "Regions"
    PHOTOREALISM = "What stays of the photograph"
    OPTIMIZATION = "Optimization"
    NETWORK = "Network and losses"
    MACHINE = "Machine"
    OUTPUT = "Output"


@dataclass(frozen=True)
class SettingSpec:
    """What a front end needs to know of one setting.

    Attributes:
        parse: Turns text or a Python value into the setting's value; raises ValueError.
        help: One line.
        group: The heading under which it is listed.
        unit: Of the number, or empty.
        low: Smallest value allowed.
        high: Largest value allowed.
        choices: The table of the names allowed, or None if it is no choice.
        or_file: Whether the path of a file is allowed, too.
    """

    parse: Callable[[Any], Any]
    help: str
    group: Group
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: Mapping[str, Any] | None = None
    or_file: bool = False

    @property
    def range(self) -> str:
        """The numbers allowed, in words."""
        unit = f" {self.unit}" if self.unit else ""
        if self.high is None:
            return f"at least {self.low:g}{unit}"
        return f"from {self.low:g} to {self.high:g}{unit}"

    def check(self, setting: str, value: Any) -> Any:
        """Return a value of this setting, parsed and found to be in range.

        Raises:
            SettingsError: If it is not; the message names the setting, the value and the rule.
        """
        try:
            parsed = self.parse(value)
        except (TypeError, ValueError, OverflowError) as error:
            raise SettingsError(f"{setting} is {value!r}: {error}.") from None
        if self.choices is not None:
            for chosen in [parsed] if isinstance(parsed, str) else [name for name, _ in parsed]:
                if chosen not in self.choices:
                    from impasto.plugins import load_installed  # hardly ever needed

                    load_installed()
                if not self.or_file:
                    look_up(self.choices, chosen, setting)
        for number in _numbers(parsed):
            low = -math.inf if self.low is None else self.low
            high = math.inf if self.high is None else self.high
            if not low <= number <= high:
                raise SettingsError(f"{setting} is {value!r}: it must be {self.range}.")
        return parsed


def spec(
    default: _Value,
    parse: Callable[[Any], _Value],
    help: str,
    group: Group,
    *,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    choices: Mapping[str, Any] | None = None,
    or_file: bool = False,
) -> _Value:
    """Return a dataclass field that carries its `SettingSpec`.

    Its declared type is that of the default and of what is parsed, so mypy holds it to both.
    """
    described = SettingSpec(parse, help, group, unit, low, high, choices, or_file)
    return dataclasses.field(default=default, metadata={"spec": described})


def _numbers(value: Any) -> Iterable[float]:
    if isinstance(value, tuple):
        return [v for v in value if isinstance(v, float)]
    return [value] if isinstance(value, int | float) else []
