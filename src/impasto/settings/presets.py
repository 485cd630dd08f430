"""Presets: the published defaults of the paper and of other programs, as settings of this one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from impasto.backbones import LayerWeights
from impasto.settings.fields import Plan


@dataclass(frozen=True)
class Preset:
    """One row.

    Attributes:
        summary: One line for help texts.
        values: Settings by name. They name the backbone.
        origin: Where the numbers were read.
        differs: Where Impasto does something else all the same.
        weights: The published weight files that it is meant for, any of which will do; none where
            every file of the network will.
        plan: Sizes and evaluations for a size of the result, where there are several.
    """

    summary: str
    values: Mapping[str, Any]
    origin: str
    differs: str
    weights: tuple[str, ...] = ()
    plan: Callable[[int], Plan] | None = None


_FIVE = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")

IN_ALL_PRESETS = {"continuation": 0, "optimizer": "lbfgs", "protect_faces": 0.0}
"""What rows have in common unless they say something else: they minimize one function from the
first evaluation on, the same wherever in the picture, by L-BFGS without bounds, and cut pixels off
when the picture is written."""


def _layers(
    names: Iterable[str], weight: Callable[[int], float] = lambda block: 1.0
) -> LayerWeights:
    return tuple((name, weight(block)) for block, name in enumerate(names))


def _roots_of_two(size: int) -> Plan:
    """Return sizes from 128 on, each √2 times the last: 1000 evaluations at first, then 500."""
    sizes = [size]
    while sizes[0] / 2**0.5 > 127:
        sizes.insert(0, round(size / 2 ** (len(sizes) / 2)))
    return tuple((each, 500 if index else 1000) for index, each in enumerate(sizes))


PRESETS: dict[str, Preset] = {
    "paper": Preset(
        "Gatys, Ecker and Bethge (2015): looks like the paper's figures",
        {
            "backbone": "vgg19", "rescale": "unit", "pooling": "avg", "normalization": "gatys2015",
            "content_layers": _layers(["relu4_2"]), "style_layers": _layers(_FIVE),
            "content_weight": 1.0, "style_weight": 1e3, "tv_weight": 0.0,
            "init": "faint", "levels": 1, "size": 512, "iterations": 500,
            "optimizer": "lbfgsb", "history": 20,
        },
        "the paper: α/β of 10⁻³ or 10⁻⁴, w = 1/5 each, white noise, average pooling; size and "
        "evaluations are those that its authors used later; bounded L-BFGS with 20 corrections and "
        "noise of one level of 8 bits are those of their texture code of the same year",
        "in place of 1/2, with which these ratios would leave the photograph, equation 1 has "
        "1/(M √C), see docs/sources/paper.md; weights are rescaled over ten sample pictures, not "
        "over ImageNet",
    ),
    "gatys2016": Preset(
        "the code of Gatys (2016): 512, then 800 pixels",
        {
            "backbone": "vgg19", "pooling": "max", "normalization": "gatys2016",
            "content_layers": _layers(["relu4_2"]), "style_layers": _layers(_FIVE),
            "content_weight": 1.0, "style_weight": 1e3, "tv_weight": 0.0,
            "init": "content", "size": 800,
        },
        "PytorchNeuralStyleTransfer: style weights 10³/C², 500 and then 200 evaluations",
        "sizes are long sides, not short ones; the larger picture starts from the photograph plus "
        "the enlarged change, not from the enlarged result; there is no line search in either",
        plan=lambda size: ((max(round(size * 0.64), 16), 500), (size, 200)),
    ),
    "neural-style": Preset(
        "Johnson's neural-style: content 5, style 100, total variation 10⁻³",
        {
            "backbone": "vgg19", "pooling": "max", "normalization": "neural-style",
            "content_layers": _layers(["relu4_2"]), "style_layers": _layers(_FIVE),
            "content_weight": 5.0, "style_weight": 100.0, "tv_weight": 1e-3, "tv": "squared",
            "init": "faint", "levels": 1, "size": 512, "iterations": 1000, "history": 100,
        },
        "its options' defaults",
        "total variation counts in the loss, not in its gradient alone; noise is one gray level "
        "wide around middle gray, not a thousandth of one around the mean color of ImageNet",
    ),
    "style-transfer-pytorch": Preset(
        "Crowson's style-transfer-pytorch, with a Gram loss",
        {
            "backbone": "vgg19", "pooling": "max", "normalization": "relative",
            "content_layers": _layers(["relu4_2"]),
            "style_layers": _layers(_FIVE, lambda block: 4.0 ** (4 - block)),
            "init": "content", "size": 512, "optimizer": "adam", "learning_rate": 0.02,
        },
        "its options' defaults: sizes from 128 on by √2, 1000 and then 500 evaluations, layers "
        "weighted 256, 64, 16, 4, 1, Adam with β of 0.9 and 0.99",
        "Gram matrices in place of its Wasserstein distance, and so Impasto's own α, β and total "
        "variation; the best image in place of an average of the last ones; Adam's moments begin "
        "anew at every size; pooled features are not rescaled; edges are padded with zeros",
        ("vgg19-torchvision",),
        _roots_of_two,
    ),
    "kang": Preset(
        "Kang's Keras program by its slides: content 1, style 10⁴, no total variation",
        {
            "backbone": "vgg19", "pooling": "max", "normalization": "kang-slides",
            "content_layers": _layers(["relu4_2"]), "style_layers": _layers(_FIVE),
            "content_weight": 1.0, "style_weight": 1e4, "tv_weight": 0.0,
            "init": "noise", "levels": 1, "size": 400, "iterations": 200, "optimizer": "lbfgsb",
        },
        "the slides: weights, five layers alike, style divided by 4N²M²; size, rounds of 20 "
        "evaluations and noise are those of the Keras example",
        "whether total variation had the example's power of 1.25 is a guess; a painting keeps its "
        "proportions, and its Gram matrices are divided by their own number of positions; the "
        "bounded L-BFGS is Impasto's own",
    ),
    "keras": Preset(
        "the Keras example: total variation to the power 1.25, pixels within their bounds",
        {
            "backbone": "vgg19", "pooling": "max", "normalization": "kang",
            "content_layers": _layers(["relu4_2"]),
            "style_layers": _layers(_FIVE, lambda block: 0.2 * 16.0**-block),
            "content_weight": 0.025, "style_weight": 1.0, "tv_weight": 1.0, "tv": "kang",
            "init": "noise", "levels": 1, "size": 400, "iterations": 200, "optimizer": "lbfgsb",
        },
        "the program: 10 rounds of 20 evaluations at 400 rows; a layer behind n poolings counts "
        "16⁻ⁿ times as much as the first",
        "400 is the long side; a painting keeps its proportions, and its Gram matrices are divided "
        "by their own number of positions; the bounded L-BFGS is Impasto's own",
    ),
    "liu": Preset(
        "Liu's style-transfer: style pictures at 1.2 times the size, pixels within their bounds",
        {
            "backbone": "vgg19", "pooling": "max", "normalization": "paper",
            "content_layers": _layers(["relu4_2"]), "style_layers": _layers(_FIVE),
            "content_weight": 1.0, "style_weight": 1e4, "tv_weight": 0.0, "style_scale": 1.2,
            "init": "content", "levels": 1, "size": 512, "iterations": 512,
            "optimizer": "lbfgsb", "history": 8,
        },
        "its defaults: ratio 10⁴, 0.2 for each layer, 512 iterations, 8 corrections; its author's "
        "page has a ratio of 10⁵ and 500 iterations",
        "the larger painting's Gram matrices are divided by their own number of positions; there "
        "they are 1.44 times as large; an evaluation counts, not an iteration; the bounded L-BFGS "
        "is Impasto's own",
    ),
    "budhiraja": Preset(
        "Budhiraja's styletransfer: the first five convolutions, before their ReLUs",
        {
            "backbone": "vgg19", "pooling": "max", "normalization": "neural-style",
            "content_layers": _layers(["conv2_2"]),
            "style_layers": _layers(["conv1_1", "conv1_2", "conv2_1", "conv2_2", "conv3_1"]),
            "content_weight": 1.0, "style_weight": 1e5, "tv_weight": 0.0,
            "init": "content", "levels": 1, "size": 512, "iterations": 4000, "history": 100,
        },
        "its notebook, which follows PyTorch's tutorial: 512 pixels, style 10⁵, 200 steps of up to "
        "20 evaluations; its text has average pooling, noise, and conv1_1 to conv5_1",
        "pictures keep their proportions instead of being cut to squares; L-BFGS is given the "
        "weighted loss, and pixels are not clipped between evaluations",
        ("vgg19-torchvision",),
    ),
    "neuralart": Preset(
        "Tai's neuralart: VGG-19 with rescaled weights, style 2·10⁹",
        {
            "backbone": "vgg19", "rescale": "unit", "pooling": "avg", "normalization": "neuralart",
            "content_layers": _layers(["relu4_2"]), "style_layers": _layers(_FIVE),
            "content_weight": 1.0, "style_weight": 2e9, "tv_weight": 0.0,
            "init": "content", "levels": 1, "size": 500, "iterations": 1500,
        },
        "its options' defaults: 500 rounds of 3 iterations of L-BFGS at 500 pixels",
        "weights are rescaled over sample pictures; both Gram matrices are divided by their own "
        "number of positions; curvature is kept between the rounds",
    ),
    "chainer-gogh": Preset(
        "Mattya's chainer-gogh with VGG-16: Adam on four layers, before their ReLUs",
        {
            "backbone": "vgg16", "pooling": "avg", "normalization": "neural-style",
            "content_layers": _layers(["conv3_3", "conv4_3"]),
            "style_layers": _layers(["conv1_2", "conv2_2", "conv3_3", "conv4_3"]),
            "content_weight": 0.005, "style_weight": 0.25, "tv_weight": 0.0,
            "init": "noise", "levels": 1, "size": 435, "iterations": 5000,
            "optimizer": "adam", "learning_rate": 4 / 255,
        },
        "its options' defaults, and the layers of its class for VGG",
        "VGG-16 is one of its networks, and Network-in-Network the default there; pictures are not "
        "padded to squares; Adam's second β is 0.99, not 0.999; noise is wider",
        ("vgg16-caffe",),
    ),
}  # fmt: skip
