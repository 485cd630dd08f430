"""What a front end needs to know of one setting, and the check of its values."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from impasto.errors import SettingsError, look_up


@dataclass(frozen=True)
class Knob:
    """What a front end needs to know of one setting.

    Attributes:
        parse: Turns text or a Python value into the setting's value; raises ValueError.
        help: One line.
        group: The heading under which it is listed.
        unit: Of the number, or empty.
        low: Smallest value allowed.
        high: Largest value allowed.
        choices: The table of the names allowed, or None if it is no choice.
    """

    parse: Callable[[Any], Any]
    help: str
    group: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: Mapping[str, Any] | None = None

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
                look_up(self.choices, chosen, setting)
        for number in _numbers(parsed):
            low = -math.inf if self.low is None else self.low
            high = math.inf if self.high is None else self.high
            if not low <= number <= high:
                raise SettingsError(f"{setting} is {value!r}: it must be {self.range}.")
        return parsed


def knob(default: Any, parse: Callable[[Any], Any], help: str, group: str, **details: Any) -> Any:
    """Return a dataclass field that carries its `Knob`."""
    return dataclasses.field(
        default=default, metadata={"knob": Knob(parse, help, group, **details)}
    )


def _numbers(value: Any) -> Iterable[float]:
    if isinstance(value, tuple):
        return [v for v in value if isinstance(v, float)]
    return [value] if isinstance(value, int | float) else []
