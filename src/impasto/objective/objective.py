"""A weighted, named sum of losses, with its gradient: α, β and the layer weights live here only."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from impasto.losses.content import GlobalLoss, Loss

IMAGE = "image"
"""The layer that is the image itself, so that total variation is a loss like any other."""

Backbone = Callable[[Tensor, Collection[str]], Mapping[str, Tensor]]


def is_style(name: str) -> bool:
    """Tell whether a `Term` of this name compares the style; all others hold to the photograph."""
    return name.startswith("style ")


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
        with torch.enable_grad():
            features = {IMAGE: image, **self.backbone(image, self.layers)}
            parts = {term.name: term(features[term.layer]) for term in self.terms}
            total = torch.stack(list(parts.values())).sum()
        (gradient,) = torch.autograd.grad(total, image)
        return Evaluation(total.item(), {name: p.item() for name, p in parts.items()}, gradient)


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
