"""A weighted, named sum of losses, with its gradient: α, β and the layer weights live here only."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from impasto.losses import GlobalLoss, Loss

IMAGE = "image"
"""The layer that is the image itself, so that total variation is a loss like any other."""

Backbone = Callable[[Tensor, Collection[str]], Mapping[str, Tensor]]


@dataclass(frozen=True)
class Term:
    """One summand of the objective.

    Attributes:
        name: What it is called in histories and displays, such as ``"style relu1_1"``.
        weight: Factor of its loss; a larger weight means more of the thing named.
        layer: The layer whose feature map the loss sees, or `IMAGE`.
        loss: The loss.
        mask: How much each position of the layer counts, (1, 1, H, W) of the whole layer; for a
            `GlobalLoss` only.
    """

    name: str
    weight: float
    layer: str
    loss: Loss
    mask: Tensor | None = None

    def __call__(self, features: Tensor) -> Tensor:
        """Return the weighted loss of the whole layer's feature map."""
        if self.mask is None:
            return self.weight * self.loss(features)
        assert isinstance(self.loss, GlobalLoss), f"a mask on {self.name}, which has no statistic"
        return self.weight * self.loss(features, self.mask)


@dataclass(frozen=True, eq=False)
class Evaluation:
    """One forward and backward pass.

    Attributes:
        total: The weighted sum.
        parts: The weighted summands by name; they add up to ``total``.
        gradient: The gradient of ``total`` with respect to the image (1, 3, H, W).
    """

    total: float
    parts: dict[str, float]
    gradient: Tensor


class Objective:
    """The function of the image that painting minimizes.

    ``L = α L_content + β L_style + γ L_tv``

    Source: Gatys et al. (2015), equation 7; total variation is an addition.
    """

    def __init__(self, backbone: Backbone, terms: Sequence[Term]) -> None:
        """Keep the terms; those of weight 0 cost nothing and are left out."""
        self.backbone = backbone
        self.terms = [term for term in terms if term.weight != 0]
        self.layers = {term.layer for term in self.terms} - {IMAGE}

    def with_terms(self, terms: Sequence[Term]) -> Objective:
        """Return the same with other terms."""
        return Objective(self.backbone, terms)

    def __call__(self, image: Tensor) -> Evaluation:
        """Evaluate the loss and its gradient at ``image`` (1, 3, H, W), sRGB in [0, 1]."""
        image = image.detach().requires_grad_()
        values: dict[str, Tensor] = {}

        def sum_of(layer: str, features: Tensor) -> Tensor:
            found = {term.name: term(features) for term in self.terms if term.layer == layer}
            values.update({name: value.detach() for name, value in found.items()})
            return torch.stack(list(found.values())).sum()

        with torch.enable_grad():
            features = {IMAGE: image, **self.backbone(image, self.layers)}
            looked_at = {term.layer for term in self.terms}
            root = rooted({k: v for k, v in features.items() if k in looked_at}, sum_of)
        (gradient,) = torch.autograd.grad(root, image)
        parts = {term.name: values[term.name] for term in self.terms}
        total = torch.stack(list(parts.values())).sum().item()
        return Evaluation(total, {name: part.item() for name, part in parts.items()}, gradient)


class Restricted:
    """An objective that lets an image change in some ways only.

    The gradient is projected onto the changes allowed; an optimizer whose steps are made of
    gradients then never leaves them.
    """

    def __init__(
        self, objective: Callable[[Tensor], Evaluation], allowed: Callable[[Tensor], Tensor]
    ) -> None:
        """Keep the objective and the projection of a change (1, 3, H, W)."""
        self.objective, self.allowed = objective, allowed

    def __call__(self, image: Tensor) -> Evaluation:
        """Evaluate the objective, with the gradient along the changes allowed."""
        at = self.objective(image)
        return replace(at, gradient=self.allowed(at.gradient))


def rooted(features: Mapping[str, Tensor], loss: Callable[[str, Tensor], Tensor]) -> Tensor:
    """Return a root for the backward pass of summed losses of feature maps; its value is 0.

    The losses' own gradients are taken one layer at a time, when the backward pass has come to the
    layer. Left to itself, autograd takes them all first and keeps them until they are needed.

    Args:
        features: The feature maps by layer, with their history.
        loss: Gives the summed losses of a layer for its feature map.
    """
    for layer, feature in features.items():
        leaf = feature.detach().requires_grad_()
        feature.register_hook(_pull(leaf, loss(layer, leaf)))  # type: ignore[no-untyped-call]
    root: Tensor = _Root.apply(*features.values())  # type: ignore[no-untyped-call]
    return root


def _pull(leaf: Tensor, value: Tensor) -> Callable[[Tensor], Tensor]:
    """Return a hook that adds the gradient of ``value`` to that which comes from deeper layers."""
    waiting = [(leaf, value)]

    def add(gradient: Tensor) -> Tensor:
        leaf, value = waiting.pop()
        (own,) = torch.autograd.grad(value, leaf)
        comes_from_root_only = not any(gradient.stride())
        return own if comes_from_root_only else gradient + own

    return add


class _Root(torch.autograd.Function):
    """0, whose gradient is 0 as well: it begins the backward pass at all of its arguments."""

    @staticmethod
    def forward(ctx: Any, *features: Tensor) -> Tensor:
        ctx.shapes = [feature.shape for feature in features]
        ctx.zeros = [feature.new_zeros(()) for feature in features]
        return features[0].new_zeros(())

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Any:
        pairs = zip(ctx.zeros, ctx.shapes, strict=True)
        return tuple(zero.expand(shape) for zero, shape in pairs)
