"""Every setting of a painting, once: command line, JSON, page, sweeps and docs derive from here."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from impasto.settings import parsing
from impasto.backbones import BACKBONES, POOLINGS, RESCALINGS
from impasto.errors import look_up
from impasto.settings.spec import Knob, knob
from impasto.losses.normalization import NORMALIZATIONS
from impasto.pyramid import continued, holding, plan
from impasto.settings.validation import check_together
from impasto.registry import (
    COLOR_MATCHES,
    COLORS,
    FINISHES,
    INITIALIZERS,
    LEARNING_RATES,
    OPTIMIZERS,
    PRECISIONS,
    SPREADS,
    STYLE_LOSSES,
    VARIATIONS,
)

Layers = tuple[tuple[str, float], ...]

PHOTOREAL_WEIGHT, PHOTOREAL_FINISH = 3e4, "poisson"
"""What `photoreal` stands for."""


ITERATIONS, PLAIN = 60, 80
"""Evaluations at the final size, if neither a number nor convergence is asked for: with
continuation, and without it."""

MOST_ITERATIONS = 10_000
"""Evaluations at the final size after which a run that was to converge is ended all the same."""

COLOR, REGIONS, PHOTOREALISM = "Color", "Regions", "What stays of the photograph"
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
    style_scale: tuple[float, ...] = knob(
        1.0,
        parsing.reals,
        "size of the style pictures relative to the result's: larger is larger strokes; one for "
        "all, or one for each, like 1,0.5",
        PAINTING,
        low=0.05,
        high=20,
    )
    style_blend: tuple[float, ...] = knob(
        (), parsing.reals, "a weight for each style picture, like 2,1", PAINTING, low=0
    )
    fine_style: str | None = knob(
        None,
        parsing.path,
        "a picture whose fine strokes the style pictures take on first, keeping forms and colors",
        PAINTING,
    )
    init: str = knob(
        "content",
        parsing.path,
        f"where to start: {', '.join(INITIALIZERS)}, or a picture file",
        PAINTING,
    )
    init_noise: float = knob(
        0.0,
        parsing.real,
        "share of white noise mixed into the start, 0 to 1",
        PAINTING,
        low=0,
        high=1,
    )
    seed: int = knob(0, parsing.whole, "seed of the noise", PAINTING, low=0, high=2**63 - 1)

    color: str = knob("style", parsing.name, "whose colors the picture has", COLOR, choices=COLORS)
    color_match: str = knob(
        None,
        parsing.name,
        "what is matched with --color content",
        COLOR,
        choices=COLOR_MATCHES,
    )
    content_mask: tuple[str, ...] = knob(
        (),
        parsing.paths,
        "where to paint: white or a color is painted, black stays the photograph; once for each "
        "region, or one picture with a color for each",
        REGIONS,
    )
    style_mask: tuple[str, ...] = knob(
        (),
        parsing.paths,
        "which part of the style pictures each region is painted with, likewise",
        REGIONS,
    )
    mask_spread: str = knob(
        None,
        parsing.name,
        "how much features near the border of a region count for it",
        REGIONS,
        choices=SPREADS,
    )
    protect_faces: bool = knob(
        False, parsing.flag, "find faces, and paint them with less strength", PHOTOREALISM
    )
    protect_edges: float = knob(
        0.0,
        parsing.real,
        "larger keeps more of the photograph's edges, like 3; 0 for none",
        PHOTOREALISM,
        low=0,
        high=1e12,
    )
    photoreal: bool = knob(
        False,
        parsing.flag,
        "from photograph to photograph: sets photoreal_weight and finish where they are not given",
        PHOTOREALISM,
    )
    photoreal_weight: float = knob(
        None,
        parsing.real,
        "larger keeps more of what makes a photograph: colors change only smoothly",
        PHOTOREALISM,
        low=0,
        high=1e15,
    )
    finish: str = knob(
        None,
        parsing.name,
        "what is done with the finished picture",
        PHOTOREALISM,
        choices=FINISHES,
    )

    iterations: int = knob(
        None, parsing.whole, "evaluations at the final size", OPTIMIZATION, low=1, high=10**6
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
    converge: float = knob(
        0.0,
        parsing.real,
        "run each size until the loss falls by less than this share per evaluation, like 1e-4; "
        "iterations are then the most, 10000 if not given; 0 for exactly the iterations",
        OPTIMIZATION,
        low=0,
        high=1,
    )
    continuation: int = knob(
        None,
        parsing.whole,
        "evaluations at each size until all weights are as given: before, those of all but the "
        "style are larger, which takes fewer evaluations in all; 0 for none",
        OPTIMIZATION,
        low=0,
        high=10**6,
    )
    optimizer: str = knob("lbfgs", parsing.name, "how to descend", OPTIMIZATION, choices=OPTIMIZERS)
    learning_rate: float = knob(
        None,
        parsing.real,
        "step length: 1 for every lbfgs, 0.02 for adam",
        OPTIMIZATION,
        low=1e-9,
    )
    history: int = knob(
        10, parsing.whole, "steps that lbfgs remembers", OPTIMIZATION, low=1, high=1000
    )

    backbone: str = knob("pocket", parsing.name, "feature network", NETWORK, choices=BACKBONES)
    weights: str | None = knob(None, parsing.path, "weight file of the network", NETWORK)
    pooling: str = knob(None, parsing.name, "how the network shrinks", NETWORK, choices=POOLINGS)
    rescale: str = knob(
        "none", parsing.name, "scale of a VGG's activations", NETWORK, choices=RESCALINGS
    )
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
        None,
        parsing.real,
        "memory that the whole process is to stay within",
        MACHINE,
        unit="GiB",
        low=0.25,
        high=10**6,
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
        check_together(self)

    def with_defaults(self) -> Settings:
        """Return the settings with everything filled in that follows from other settings."""
        norm, net = NORMALIZATIONS[self.normalization], BACKBONES[self.backbone]
        holds = self.auto and not (self.iterations or self.levels or self.converge)
        eases = self.continuation != 0 and not holds and self._gives_way()
        usual = MOST_ITERATIONS if self.converge else ITERATIONS if eases else PLAIN
        iterations = self.iterations or usual
        levels = plan(self.size, iterations, self.levels)
        if holds:
            levels = holding(self.size, iterations)
        chosen = self.plan or tuple((level.size, level.evaluations) for level in levels)
        defaults = {
            "content_weight": norm.content_weight,
            "style_weight": norm.style_weight,
            "tv_weight": norm.tv_weight,
            "tv": norm.tv,
            "content_layers": net.content_layers,
            "style_layers": net.style_layers,
            "pooling": "avg",
            "continuation": continued(chosen[-1][1]) if eases else 0,
            "learning_rate": LEARNING_RATES[self.optimizer],
            "color_match": "transport" if self.color == "content" else None,
            "photoreal_weight": PHOTOREAL_WEIGHT if self.photoreal else 0.0,
            "finish": PHOTOREAL_FINISH if self.photoreal else "none",
        }
        if self.auto:
            del defaults["style_weight"]  # chosen when the painting begins
        missing = {k: v for k, v in defaults.items() if getattr(self, k) is None}
        last = chosen[-1][1]
        return self.replace(plan=chosen, levels=len(chosen), iterations=last, **missing)

    def _gives_way(self) -> bool:
        """Tell whether there is a photograph that can give way to a style: see `continuation`.

        A start picture is one to go on from, and not to be led back to the photograph.
        """
        return self.content_weight != 0 and self.style_weight != 0 and self.init in INITIALIZERS

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
    return KNOBS[setting].check(setting, value)
