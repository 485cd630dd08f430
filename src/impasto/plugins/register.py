"""What a plugin calls: each function has the name of a setting, and adds a value to choose.

    from impasto.plugins import register

    @register.style_loss("skew", "third moments of features")
    class SkewLoss(StyleLoss): ...

From then on ``--style-loss skew`` is accepted, and help, page, sweeps and recipes know it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from impasto.backbones import Architecture
from impasto.errors import PluginError, import_row
from impasto.normalization import Normalization
from impasto.plugins.tables import add
from impasto.registry import LEARNING_RATES, Row, Variation

Made = TypeVar("Made", bound=Callable[..., Any])


def style_loss(name: str, summary: str) -> Callable[[Made], Made]:
    """Make a subclass of `impasto.losses.StyleLoss` a style loss."""
    return _decorator("style_loss", name, summary, "impasto.losses:StyleLoss")


def optimizer(name: str, summary: str, *, learning_rate: float) -> Callable[[Made], Made]:
    """Make a subclass of `impasto.optimize.Optimizer` an optimizer.

    Args:
        name: Of the optimizer.
        summary: One line for help texts.
        learning_rate: What is taken where none is given, for pixels in [0, 1].
    """

    def decorate(made: Made) -> Made:
        _decorator("optimizer", name, summary, "impasto.optimize:Optimizer")(made)
        LEARNING_RATES[name] = learning_rate
        return made

    return decorate


def init(name: str, summary: str) -> Callable[[Made], Made]:
    """Make a function an initialization: of content, styles and a generator, it gives an image.

    All are (1, 3, H, W), and the image is of the content's shape; see `impasto.job.initializers`.
    """
    return _decorator("init", name, summary)


def backbone(
    name: str,
    summary: str,
    *,
    content_layers: Mapping[str, float],
    style_layers: Mapping[str, float],
) -> Callable[[Made], Made]:
    """Make a subclass of `impasto.backbones.backbone.Backbone` a feature network.

    Args:
        name: Of the network.
        summary: One line for help texts.
        content_layers: The content layers that are taken where none are given, with weights.
        style_layers: The style layers, likewise.
    """

    def decorate(made: Made) -> Made:
        _check_class("backbone", name, made, "impasto.backbones.backbone:Backbone")
        add("backbone", name, _architecture(name, summary, made, content_layers, style_layers))
        return made

    return decorate


def _architecture(
    name: str,
    summary: str,
    made: Any,
    content_layers: Mapping[str, float],
    style_layers: Mapping[str, float],
) -> Architecture:
    """Return what is known of a network before it is loaded."""
    layers, side = getattr(made, "layers", ()), getattr(made, "minimum_side", None)
    if side is None or not {*content_layers, *style_layers} <= {*layers}:
        raise PluginError(
            f"the class of backbone '{name}' must have minimum_side, and layers with "
            f"{', '.join({**content_layers, **style_layers})} among them."
        )
    return Architecture(
        object=made,
        title=made.__name__,
        summary=summary,
        layers=tuple(layers),
        content_layers=tuple(content_layers.items()),
        style_layers=tuple(style_layers.items()),
        minimum_side=side,
    )


def architecture(name: str, row: Architecture) -> None:
    """Make a table of stages a feature network: see `Architecture.of`. It needs ``--weights``."""
    add("backbone", name, row)


def normalization(name: str, row: Normalization) -> None:
    """Make two scales a normalization of the losses."""
    add("normalization", name, row)


def tv(name: str, row: Variation) -> None:
    """Make a power of differences a kind of total variation."""
    add("tv", name, row)


def color_match(name: str, summary: str) -> Callable[[Made], Made]:
    """Make a function of two samples of colors a recoloring: see `impasto.controls.color`."""
    return _decorator("color_match", name, summary)


def mask_spread(name: str, summary: str) -> Callable[[Made], Made]:
    """Make a function spread masks to a layer's positions: see `impasto.objective.guidance`."""
    return _decorator("mask_spread", name, summary)


def finish(name: str, summary: str) -> Callable[[Made], Made]:
    """Make a function of picture and content a finish: see `impasto.controls.postprocess`."""
    return _decorator("finish", name, summary)


def _decorator(
    setting: str, name: str, summary: str, base: str | None = None
) -> Callable[[Made], Made]:
    """Return what registers a function, or a subclass of ``base``, and gives it back."""

    def decorate(made: Made) -> Made:
        if base is not None:
            _check_class(setting, name, made, base)
        add(setting, name, Row(made, summary))
        return made

    return decorate


def _check_class(setting: str, name: str, made: Any, base: str) -> None:
    """Raise PluginError unless ``made`` is a subclass of ``base`` with nothing left abstract."""
    if not inspect.isclass(made) or not issubclass(made, import_row(base)):
        raise PluginError(f"{setting} '{name}' must be a subclass of {base.replace(':', '.')}.")
    if inspect.isabstract(made):
        missing = ", ".join(sorted(getattr(made, "__abstractmethods__", ())))
        raise PluginError(f"the class of {setting} '{name}' must define {missing}.")
