"""Every setting of a painting, once: command line, JSON, page, sweeps and docs derive from here."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from impasto.backbones import BACKBONES, POOLINGS, RESCALINGS, LayerWeights
from impasto.normalization import NORMALIZATIONS
from impasto.registry import (
    COLOR_MATCHES,
    COLORS,
    FINISHES,
    INITIALIZERS,
    OPTIMIZERS,
    PRECISIONS,
    RECIPES,
    SPREADS,
    STYLE_LOSSES,
    VARIATIONS,
)
from impasto.settings import parsing
from impasto.settings.spec import Group, SettingSpec, spec

Plan = tuple[tuple[int, int], ...]
"""Sizes in pixels, rising, each with its evaluations."""


@dataclass(frozen=True, kw_only=True)
class SettingFields:
    """The table of all settings, each checked by itself. A setting that is None is open."""

    size: int = spec(
        512,
        parsing.whole,
        "long side of the result",
        Group.PAINTING,
        unit="pixels",
        low=16,
        high=32768,
    )
    style_weight: float | None = spec(
        None,
        parsing.real,
        "β: larger is more of the paintings' style",
        Group.PAINTING,
        low=0,
        high=1e12,
    )
    auto: bool = spec(
        False,
        parsing.flag,
        "choose style_weight for these pictures, in a few short runs at a small size",
        Group.PAINTING,
    )
    content_weight: float | None = spec(
        None,
        parsing.real,
        "α: larger is more of the photograph's content",
        Group.PAINTING,
        low=0,
        high=1e12,
    )
    tv_weight: float | None = spec(
        None,
        parsing.real,
        "total variation: larger is smoother, with less speckle",
        Group.PAINTING,
        low=0,
        high=1e12,
    )
    style_scale: tuple[float, ...] = spec(
        (1.0,),
        parsing.reals,
        "size of the style pictures relative to the result's: larger is larger strokes; one for "
        "all, or one for each, like 1,0.5",
        Group.PAINTING,
        low=0.05,
        high=20,
    )
    style_blend: tuple[float, ...] = spec(
        (), parsing.reals, "a weight for each style picture, like 2,1", Group.PAINTING, low=0
    )
    fine_style: str | None = spec(
        None,
        parsing.path,
        "a picture whose fine strokes the style pictures take on first, keeping forms and colors",
        Group.PAINTING,
    )
    init: str = spec(
        "content",
        parsing.path,
        "where to start; a picture file can be named, too",
        Group.PAINTING,
        choices=INITIALIZERS,
        or_file=True,
    )
    init_noise: float = spec(
        0.0,
        parsing.real,
        "share of white noise mixed into the start, 0 to 1",
        Group.PAINTING,
        low=0,
        high=1,
    )
    seed: int = spec(0, parsing.whole, "seed of the noise", Group.PAINTING, low=0, high=2**63 - 1)

    color: str = spec(
        "style", parsing.name, "whose colors the picture has", Group.COLOR, choices=COLORS
    )
    color_match: str | None = spec(
        None,
        parsing.name,
        "what is matched with --color content",
        Group.COLOR,
        choices=COLOR_MATCHES,
    )
    content_mask: tuple[str, ...] = spec(
        (),
        parsing.paths,
        "where to paint: white or a color is painted, black stays the photograph; once for each "
        "region, or one picture with a color for each",
        Group.REGIONS,
    )
    style_mask: tuple[str, ...] = spec(
        (),
        parsing.paths,
        "which part of the style pictures each region is painted with, likewise",
        Group.REGIONS,
    )
    mask_spread: str | None = spec(
        None,
        parsing.name,
        "how much features near the border of a region count for it",
        Group.REGIONS,
        choices=SPREADS,
    )
    protect_faces: float | None = spec(
        None,
        parsing.strength,
        "how much care is taken of faces, if the extra faces is installed: 0 for none, 1 for "
        "nearly as they are in the photograph",
        Group.PHOTOREALISM,
        low=0,
        high=1,
    )
    protect_edges: float = spec(
        0.0,
        parsing.real,
        "larger keeps more of the photograph's edges, like 3; 0 for none",
        Group.PHOTOREALISM,
        low=0,
        high=1e12,
    )
    photoreal: bool = spec(
        False,
        parsing.flag,
        "from photograph to photograph: sets photoreal_weight and finish where they are not given",
        Group.PHOTOREALISM,
    )
    photoreal_weight: float | None = spec(
        None,
        parsing.real,
        "larger keeps more of what makes a photograph: colors change only smoothly",
        Group.PHOTOREALISM,
        low=0,
        high=1e15,
    )
    finish: str | None = spec(
        None,
        parsing.name,
        "what is done with the finished picture",
        Group.PHOTOREALISM,
        choices=FINISHES,
    )

    iterations: int | None = spec(
        None, parsing.whole, "evaluations at the final size", Group.OPTIMIZATION, low=1, high=10**6
    )
    levels: int | None = spec(
        None,
        parsing.whole,
        "sizes from coarse to fine, 1 for none",
        Group.OPTIMIZATION,
        low=1,
        high=32,
    )
    plan: Plan | None = spec(
        None,
        parsing.levels,
        "size:evaluations for each size, like 256:150,512:100, instead of iterations and levels",
        Group.OPTIMIZATION,
    )
    converge: float = spec(
        0.0,
        parsing.real,
        "run each size until the loss falls by less than this share per evaluation, like 1e-4; "
        "iterations are then the most, 10000 if not given; 0 for exactly the iterations",
        Group.OPTIMIZATION,
        low=0,
        high=1,
    )
    continuation: int | None = spec(
        None,
        parsing.whole,
        "evaluations at each size until all weights are as given: before, those of all but the "
        "style are larger, which takes fewer evaluations in all; 0 for none",
        Group.OPTIMIZATION,
        low=0,
        high=10**6,
    )
    optimizer: str = spec(
        "lbfgsb", parsing.name, "how to descend", Group.OPTIMIZATION, choices=OPTIMIZERS
    )
    learning_rate: float | None = spec(
        None,
        parsing.real,
        "step length: 1 for every lbfgs, 0.02 for adam",
        Group.OPTIMIZATION,
        low=1e-9,
    )
    history: int = spec(
        10, parsing.whole, "steps that lbfgs remembers", Group.OPTIMIZATION, low=1, high=1000
    )

    backbone: str = spec("vgg19", parsing.name, "feature network", Group.NETWORK, choices=BACKBONES)
    weights: str | None = spec(None, parsing.path, "weight file of the network", Group.NETWORK)
    pooling: str | None = spec(
        None, parsing.name, "how the network shrinks", Group.NETWORK, choices=POOLINGS
    )
    rescale: str = spec(
        "none", parsing.name, "scale of a VGG's activations", Group.NETWORK, choices=RESCALINGS
    )
    content_layers: LayerWeights | None = spec(
        None, parsing.layers, "like relu4_2, or with weights relu3_1:1,relu4_2:2", Group.NETWORK
    )
    style_layers: LayerWeights | None = spec(
        None,
        parsing.layers,
        "like relu1_1,relu2_1, or with weights relu1_1:0.5,relu2_1:2",
        Group.NETWORK,
    )
    style_loss: LayerWeights = spec(
        (("gram", 1.0),),
        parsing.losses,
        "what of the style is compared; several with weights, like gram:1,histogram:0.5",
        Group.NETWORK,
        choices=STYLE_LOSSES,
    )
    balance: bool = spec(
        False,
        parsing.flag,
        "at the start of each size, weigh the style losses so that each pulls by its share",
        Group.NETWORK,
    )
    normalization: str = spec(
        "relative", parsing.name, "scale of the losses", Group.NETWORK, choices=NORMALIZATIONS
    )
    tv: str | None = spec(
        None, parsing.name, "kind of total variation", Group.NETWORK, choices=VARIATIONS
    )

    device: str | None = spec(None, parsing.name, "cpu, cuda, cuda:1 or mps", Group.MACHINE)
    precision: str | None = spec(
        None, parsing.name, "of the network's numbers", Group.MACHINE, choices=PRECISIONS
    )
    threads: int | None = spec(
        None, parsing.whole, "processor threads", Group.MACHINE, low=1, high=1024
    )

    memory: float | None = spec(
        None,
        parsing.real,
        "memory that the whole process is to stay within",
        Group.MACHINE,
        unit="GiB",
        low=0.25,
        high=10**6,
    )
    tile: int | None = spec(
        None,
        parsing.whole,
        "side of the tiles that a large image is evaluated in, 0 for none: the result is the same",
        Group.MACHINE,
        unit="pixels",
        low=0,
        high=32768,
    )

    bits: int = spec(8, parsing.whole, "bits per channel, 8 or 16", Group.OUTPUT, low=8, high=16)
    resolution: float | None = spec(
        None,
        parsing.real,
        "of the picture when it is printed; without it, the photograph's",
        Group.OUTPUT,
        unit="pixels per inch",
        low=1,
        high=20000,
    )
    keep_alpha: bool = spec(
        False, parsing.flag, "put the photograph's transparency back", Group.OUTPUT
    )
    recipe: str = spec(
        "paths",
        parsing.name,
        "what the file tells of how it was painted: settings with paths from the file on, with "
        "names alone, or none",
        Group.OUTPUT,
        choices=RECIPES,
    )

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if value is not None or field.default is not None:
                object.__setattr__(self, field.name, check(field.name, value))


SPECS: dict[str, SettingSpec] = {
    field.name: field.metadata["spec"] for field in dataclasses.fields(SettingFields)
}
"""What a front end needs to know of each setting, by its name."""


def check(setting: str, value: Any) -> Any:
    """Return the value of a setting, parsed and found to be in range.

    Raises:
        SettingsError: If it is not; the message names the setting, the value and the rule.
    """
    return SPECS[setting].check(setting, value)
