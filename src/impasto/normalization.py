"""How large a loss counts: the published conventions, as two scales each.

Every content loss is ``s_c Σ (F - P)²`` and every style loss ``s_s Σ (G - A)²`` with Gram matrices
that are means over positions, ``G = F Fᵀ / (H W)``. Implementations differ in the scales only:

| name         | content scale s_c   | style scale s_s | layer weights |
|--------------|---------------------|-----------------|---------------|
| relative     | 1 / Σ P²            | 1 / Σ A²        | sum to 1      |
| paper        | 1 / 2               | 1 / (4 C²)      | sum to 1      |
| gatys2015    | 1 / (√C H W)        | 1 / (4 C²)      | sum to 1      |
| kang-slides  | 1 / 2               | 1 / (4 C²)      | sum to 1      |
| gatys2016    | 1 / (C H W)         | 1 / C⁴          | as given      |
| neural-style | 1 / (C H W)         | 1 / C⁴          | as given      |
| kang         | 1                   | 1 / 36          | as given      |
| neuralart    | 1                   | 1 / C²          | sum to 1      |

# Differs from Gatys et al. (2015): the default is ``relative``, which has no unit.

Source: Gatys et al. (2015), equations 1 and 4; for ``gatys2015`` a divisor found by looking, see
docs/sources/paper.md; the code of Gatys (2016), which has the weight 1e3 / C² on the mean squared
difference; Johnson's neural-style; Chollet's Keras example, where style is divided by ``4 · 3² (H
W)²`` of the picture, so that a layer behind n poolings has the weight ``16⁻ⁿ`` here; Tai's
neuralart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

ENERGY_FLOOR = 1e-12
"""Smallest mean square of a target that relative losses divide by, so that an all-zero target
(every unit of a layer silent) gives a large but finite loss."""


@dataclass(frozen=True)
class Target:
    """What a scale may depend on.

    Attributes:
        energy: Sum of the squares of the target's entries.
        channels: C, the channels of its layer.
        elements: Entries of the target: C H W for content, C² for style.
    """

    energy: float
    channels: int
    elements: int


Scale = Callable[[Target], float]


def inverse_energy(target: Target) -> float:
    """Return ``1 / Σ t²``, guarded where the target is zero."""
    return 1.0 / max(target.energy, ENERGY_FLOOR * target.elements)


@dataclass(frozen=True)
class Normalization:
    """One convention: the scales, and the weights that its author used with them.

    Attributes:
        summary: One line for help texts.
        content: Scale of the content loss.
        style: Scale of the style loss.
        variation: Scale of a sum of powers of differences, given their number and the degree.
        content_weight: Default α.
        style_weight: Default β; None for that of the network.
        tv_weight: Default weight of total variation.
        tv: Default kind of total variation.
        shares: Whether layer weights are divided by their sum.
        grows: Whether the content loss has a summand for every position, so that a picture of
            twice the side needs a quarter of its weight.
    """

    summary: str
    content: Scale
    style: Scale
    content_weight: float
    style_weight: float | None
    tv_weight: float = 0.0
    tv: str = "squared"
    variation: Callable[[int, float], float] = lambda count, degree: 1.0 / max(count, 1)
    shares: bool = True
    grows: bool = False


_PAPER = Normalization(
    "equations 1 to 7 of Gatys et al. (2015) as printed",
    content=lambda target: 0.5,
    style=lambda target: 0.25 / target.channels**2,
    content_weight=1.0,
    style_weight=1e3,
    grows=True,
)

NORMALIZATIONS: dict[str, Normalization] = {
    "relative": Normalization(
        "errors relative to their targets: the same weights hold for every size and network",
        content=inverse_energy,
        style=inverse_energy,
        content_weight=1.0,
        style_weight=None,
        tv_weight=2.0,
    ),
    "paper": _PAPER,
    "gatys2015": replace(
        _PAPER,
        summary="the same with a smaller content loss, for which the paper's ratios look like it",
        content=lambda target: target.channels**0.5 / target.elements,
        grows=False,
    ),
    "gatys2016": Normalization(
        "the code that Gatys published in 2016: 1e3 / C² per style layer",
        content=lambda target: 1.0 / target.elements,
        style=lambda target: float(target.channels) ** -4,
        content_weight=1.0,
        style_weight=1e3,
        shares=False,
    ),
    "neural-style": Normalization(
        "Johnson's neural-style: 5, 100, and total variation summed over values of 0 to 255",
        content=lambda target: 1.0 / target.elements,
        style=lambda target: float(target.channels) ** -4,
        variation=lambda count, degree: 255.0**degree / degree,
        content_weight=5.0,
        style_weight=100.0,
        tv_weight=1e-3,
        shares=False,
    ),
    "kang-slides": replace(
        _PAPER,
        summary="Kang's slides: the equations of the paper, variation of values of 0 to 255",
        variation=lambda count, degree: 255.0**degree,
        style_weight=1e4,
        tv="kang",
    ),
    "kang": Normalization(
        "the Keras example: sums of squares, style divided by 4 · 3²",
        content=lambda target: 1.0,
        style=lambda target: 1.0 / 36.0,
        variation=lambda count, degree: 255.0**degree,
        content_weight=0.025,
        style_weight=1.0,
        tv_weight=1.0,
        tv="kang",
        shares=False,
        grows=True,
    ),
    "neuralart": Normalization(
        "Tai's neuralart: sums of squares, style divided by C²",
        content=lambda target: 1.0,
        style=lambda target: float(target.channels) ** -2,
        content_weight=1.0,
        style_weight=2e9,
        grows=True,
    ),
}
