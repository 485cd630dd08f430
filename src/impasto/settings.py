"""Every setting of a painting, once: command line, JSON, page, sweeps and docs derive from here."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from impasto import parsing
from impasto.backbones import BACKBONES, POOLINGS, check_layers
from impasto.errors import SettingsError, look_up
from impasto.normalization import NORMALIZATIONS
from impasto.pyramid import plan
from impasto.tables import (
    INITIALIZERS,
    LEARNING_RATES,
    OPTIMIZERS,
    PRECISIONS,
    STYLE_LOSSES,
    VARIATIONS,
)

Layers = tuple[tuple[str, float], ...]


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


def knob(default: Any, parse: Callable[[Any], Any], help: str, group: str, **details: Any) -> Any:
    """Return a dataclass field that carries its `Knob`."""
    return dataclasses.field(
        default=default, metadata={"knob": Knob(parse, help, group, **details)}
    )


PAINTING, OPTIMIZATION, NETWORK = "Painting", "Optimization", "Network and losses"
MACHINE, OUTPUT = "Machine", "Output"


@dataclass(frozen=True)
class Settings:
    """The settings of one painting, checked.

    Those that begin as None are chosen by the others (see `with_defaults`) or by the machine when
    the run begins, and recorded. Values may be given as text, as on the command line, or as Python
    values: ``Settings(style_layers="relu1_1:0.5,relu2_1")`` and
    ``Settings(style_layers={"relu1_1": 0.5, "relu2_1": 1})`` are equal.

    Raises:
        SettingsError: If a value is out of its range or not of its kind.
        UnknownName: If a backbone, layer, optimizer, ... does not exist.

    Example:
        >>> Settings(size="256", optimizer="adam").size
        256
    """

    size: int = knob(
        512, parsing.whole, "long side of the result", PAINTING, unit="pixels", low=16, high=32768
    )
    style_weight: float = knob(
        None, parsing.real, "β: larger is more of the paintings' style", PAINTING, low=0, high=1e12
    )
    auto: bool = knob(
        False,
        parsing.flag,
        "choose style_weight for these pictures, in a few short runs at a small size",
        PAINTING,
    )
    content_weight: float = knob(
        None,
        parsing.real,
        "α: larger is more of the photograph's content",
        PAINTING,
        low=0,
        high=1e12,
    )
    tv_weight: float = knob(
        None,
        parsing.real,
        "total variation: larger is smoother, with less speckle",
        PAINTING,
        low=0,
        high=1e12,
    )
    style_scale: float = knob(
        1.0,
        parsing.real,
        "size of the style pictures relative to the result's: larger is larger strokes",
        PAINTING,
        low=0.05,
        high=20,
    )
    style_blend: tuple[float, ...] = knob(
        (), parsing.reals, "a weight for each style picture, like 2,1", PAINTING, low=0
    )
    init: str = knob(
        "content",
        parsing.path,
        f"where to start: {', '.join(INITIALIZERS)}, or a picture file",
        PAINTING,
    )
    seed: int = knob(0, parsing.whole, "seed of the noise", PAINTING, low=0, high=2**63 - 1)

    iterations: int = knob(
        100, parsing.whole, "evaluations at the final size", OPTIMIZATION, low=1, high=10**6
    )
    levels: int = knob(
        None, parsing.whole, "sizes from coarse to fine, 1 for none", OPTIMIZATION, low=1, high=32
    )
    plan: tuple[tuple[int, int], ...] = knob(
        None,
        parsing.levels,
        "size:evaluations for each size, like 256:150,512:100, instead of iterations and levels",
        OPTIMIZATION,
    )
    tolerance: float = knob(
        0.0,
        parsing.real,
        "go on to the next size when the loss falls by less than this share per evaluation, "
        "like 1e-4; 0 for never",
        OPTIMIZATION,
        low=0,
        high=1,
    )
    optimizer: str = knob("lbfgs", parsing.name, "how to descend", OPTIMIZATION, choices=OPTIMIZERS)
    learning_rate: float = knob(
        None, parsing.real, "step length: 1 for lbfgs, 0.02 for adam", OPTIMIZATION, low=1e-9
    )
    history: int = knob(
        10, parsing.whole, "steps that lbfgs remembers", OPTIMIZATION, low=1, high=1000
    )

    backbone: str = knob("pocket", parsing.name, "feature network", NETWORK, choices=BACKBONES)
    weights: str | None = knob(None, parsing.path, "weight file of the network", NETWORK)
    pooling: str = knob(None, parsing.name, "how the network shrinks", NETWORK, choices=POOLINGS)
    content_layers: Layers = knob(
        None, parsing.layers, "like relu4_2, or with weights relu3_1:1,relu4_2:2", NETWORK
    )
    style_layers: Layers = knob(
        None, parsing.layers, "like relu1_1,relu2_1, or with weights relu1_1:0.5,relu2_1:2", NETWORK
    )
    style_loss: Layers = knob(
        "gram",
        parsing.losses,
        "what of the style is compared: one, or several with weights like gram:1,histogram:0.5, of",
        NETWORK,
        choices=STYLE_LOSSES,
    )
    balance: bool = knob(
        False,
        parsing.flag,
        "at the start of each size, weigh the style losses so that each pulls by its share",
        NETWORK,
    )
    normalization: str = knob(
        "relative", parsing.name, "scale of the losses", NETWORK, choices=NORMALIZATIONS
    )
    tv: str = knob(None, parsing.name, "kind of total variation", NETWORK, choices=VARIATIONS)

    device: str = knob(None, parsing.name, "cpu, cuda, cuda:1 or mps", MACHINE)
    precision: str = knob(
        None, parsing.name, "of the network's numbers", MACHINE, choices=PRECISIONS
    )
    threads: int = knob(None, parsing.whole, "processor threads", MACHINE, low=1, high=1024)

    memory: float = knob(
        None, parsing.real, "memory to stay within", MACHINE, unit="GiB", low=0.25, high=10**6
    )
    tile: int = knob(
        None,
        parsing.whole,
        "side of the tiles that a large image is evaluated in, 0 for none: the result is the same",
        MACHINE,
        unit="pixels",
        low=0,
        high=32768,
    )

    bits: int = knob(8, parsing.whole, "bits per channel, 8 or 16", OUTPUT, low=8, high=16)
    keep_alpha: bool = knob(False, parsing.flag, "put the photograph's transparency back", OUTPUT)

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if value is not None or field.default is not None:
                object.__setattr__(self, field.name, check(field.name, value))
        self._check_together()

    def _check_together(self) -> None:
        if self.bits not in (8, 16):
            raise SettingsError(f"bits is {self.bits}: a file has 8 or 16 bits per channel.")
        for chosen in (self.content_layers, self.style_layers):
            check_layers(self.backbone, [layer for layer, _ in chosen or ()])
        if self.auto:
            self._check_auto()
        if self.content_weight == 0 == self.style_weight:
            raise SettingsError(
                "content_weight and style_weight are both 0: at least one must be larger."
            )
        if self.plan and self.plan[-1][0] > self.size:
            raise SettingsError(
                f"plan ends at {self.plan[-1][0]} pixels but size is {self.size}: "
                "a level must not be larger than the result."
            )
        if self.style_blend and not any(self.style_blend):
            raise SettingsError("style_blend has only zeros: at least one must be larger.")

    def _check_auto(self) -> None:
        if self.style_weight is not None:
            raise SettingsError(
                f"auto chooses style_weight, which is {self.style_weight:g}: leave one of them out."
            )
        if self.normalization != "relative":
            raise SettingsError(
                f"auto needs losses without a unit and normalization is {self.normalization}: "
                "leave out auto or normalization."
            )
        if self.content_weight == 0:
            raise SettingsError(
                "auto weighs style against content and content_weight is 0: it must be larger."
            )

    def with_defaults(self) -> Settings:
        """Return the settings with everything filled in that follows from other settings."""
        norm, net = NORMALIZATIONS[self.normalization], BACKBONES[self.backbone]
        chosen = self.plan or tuple(
            (level.size, level.evaluations)
            for level in plan(self.size, self.iterations, self.levels)
        )
        defaults = {
            "content_weight": norm.content_weight,
            "style_weight": norm.style_weight,
            "tv_weight": norm.tv_weight,
            "tv": norm.tv,
            "content_layers": net.content_layers,
            "style_layers": net.style_layers,
            "pooling": "avg",
            "learning_rate": LEARNING_RATES[self.optimizer],
        }
        if self.auto:
            del defaults["style_weight"]  # chosen when the painting begins
        missing = {k: v for k, v in defaults.items() if getattr(self, k) is None}
        last = chosen[-1][1]
        return self.replace(plan=chosen, levels=len(chosen), iterations=last, **missing)

    def replace(self, **changes: Any) -> Settings:
        """Return a copy with some settings changed."""
        return dataclasses.replace(self, **changes)

    def to_dict(self) -> dict[str, Any]:
        """Return the settings that differ from ``None``, ready for JSON."""
        return {k: v for k, v in dataclasses.asdict(self).items() if v is not None}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Settings:
        """Return the settings of a dictionary as `to_dict` makes it.

        Raises:
            UnknownName: If it names a setting that does not exist.
        """
        for key in values:
            look_up(KNOBS, key, "setting")
        return cls(**values)


KNOBS: dict[str, Knob] = {f.name: f.metadata["knob"] for f in dataclasses.fields(Settings)}


def check(setting: str, value: Any) -> Any:
    """Return the value of a setting, parsed and found to be in range.

    Raises:
        SettingsError: If it is not; the message names the setting, the value and the rule.
    """
    this = KNOBS[setting]
    try:
        parsed = this.parse(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise SettingsError(f"{setting} is {value!r}: {error}.") from None
    if this.choices is not None:
        for chosen in [parsed] if isinstance(parsed, str) else [name for name, _ in parsed]:
            look_up(this.choices, chosen, setting)
    for number in _numbers(parsed):
        low = -math.inf if this.low is None else this.low
        high = math.inf if this.high is None else this.high
        if not low <= number <= high:
            raise SettingsError(f"{setting} is {value!r}: it must be {_range(this)}.")
    return parsed


def _numbers(value: Any) -> Iterable[float]:
    if isinstance(value, tuple):
        return [v for v in value if isinstance(v, float)]
    return [value] if isinstance(value, int | float) else []


def _range(this: Knob) -> str:
    unit = f" {this.unit}" if this.unit else ""
    if this.high is None:
        return f"at least {this.low:g}{unit}"
    return f"from {this.low:g} to {this.high:g}{unit}"
