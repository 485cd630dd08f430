"""The function of the image that painting minimizes: a weighted sum of named terms.

    L = α L_content + β L_style + γ L_tv

α, β and the layer weights live here only. `Objective` knows what is summed; how it is evaluated,
whole or in tiles, is up to an `Evaluator`.

Source: Gatys et al. (2015), equation 7; total variation is an addition.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Any, final

import torch
from torch import Tensor

from impasto.losses import Loss, StyleLoss

IMAGE = "image"
"""The layer that is the image itself, so that total variation is a loss like any other."""


Features = Callable[[Tensor, Collection[str]], Mapping[str, Tensor]]
"""A network: the feature maps of the layers named, of an image (1, 3, H, W)."""


class Kind(StrEnum):
    """What a term is for: it holds to the content, compares the style, or favors some images."""

    CONTENT = "content"
    STYLE = "style"
    REGULARIZER = "regularizer"


@dataclass(frozen=True)
class Term:
    """One summand of the objective.

    Attributes:
        name: What it is called in histories and displays, such as ``"style relu1_1"``.
        kind: What it is for.
        weight: Factor of its loss; a larger weight means more of the thing named.
        layers: The layers whose feature maps the loss sees: of one the map, of several, or if it
            is joint, a tuple. `IMAGE` is the image itself.
        loss: The loss.
        mask: How much each position counts, (1, 1, H, W) of the whole first layer.
    """

    name: str
    kind: Kind
    weight: float
    layers: tuple[str, ...]
    loss: Loss
    mask: Tensor | None = None

    @property
    def label(self) -> str:
        """Under what its loss is summed up: its kind, or its own name if it is a regularizer."""
        return self.name if self.kind is Kind.REGULARIZER else str(self.kind)

    @property
    def joint(self) -> bool:
        """Whether the loss sees a tuple of maps."""
        return len(self.layers) > 1 or (isinstance(self.loss, StyleLoss) and self.loss.joint)

    def see(self, features: Mapping[str, Tensor]) -> Any:
        """Return what the loss sees of the feature maps."""
        seen = tuple(features[layer] for layer in self.layers)
        return seen if self.joint else seen[0]

    def __call__(self, features: Mapping[str, Tensor]) -> Tensor:
        """Return the weighted loss of the whole layers' feature maps."""
        return self.weight * self.loss(self.see(features), self.mask)


@dataclass(frozen=True, eq=False)
class Evaluation:
    """One forward and backward pass.

    Attributes:
        total: The weighted sum.
        parts: The weighted summands by name; they add up to ``total``.
        kinds: The same, summed by the labels of their terms.
        penalized: ``total`` with the penalty factor: what the gradient belongs to.
        gradient: The gradient of ``penalized`` with respect to the image (1, 3, H, W).
    """

    total: float
    parts: Mapping[str, float]
    kinds: Mapping[str, float]
    penalized: float
    gradient: Tensor


Sums = tuple[float, dict[str, float], Tensor]
"""The sum of some terms, each summand by name, and the gradient with respect to the image."""

Evaluator = Callable[[Sequence[Term], Tensor], Sums]
"""Evaluates terms at an image (1, 3, H, W)."""


def whole(backbone: Features) -> Evaluator:
    """Return what evaluates terms on the whole image at once, with this network."""
    return partial(_evaluate_whole, backbone)


def _evaluate_whole(backbone: Features, terms: Sequence[Term], image: Tensor) -> Sums:
    image = image.detach().requires_grad_()
    with torch.enable_grad():
        features = {IMAGE: image, **backbone(image, layers_of(terms))}
        parts = torch.stack([term(features) for term in terms])
        total = parts.sum()
    (gradient,) = torch.autograd.grad(total, image)
    # One copy, so that a device is waited for once.
    summed, *each = torch.cat([total[None], parts]).tolist()
    return summed, {term.name: part for term, part in zip(terms, each, strict=True)}, gradient


def layers_of(terms: Iterable[Term]) -> set[str]:
    """Return the layers of the network that terms look at."""
    return {layer for term in terms for layer in term.layers} - {IMAGE}


@final
class Objective:
    """A weighted sum of named terms, with its gradient.

    Attributes:
        terms: Those of weight 0 cost nothing and are left out.
        evaluate: Whole or in tiles.
        restrict: The projection of a change of the image onto what may change; None for all. The
            gradient is projected, so that an optimizer, whose steps are made of gradients, never
            leaves what is allowed.
        penalty_factor: Of every term but the style's, see `impasto.optimize.continuation`.
    """

    def __init__(
        self,
        terms: Iterable[Term],
        evaluate: Evaluator,
        restrict: Callable[[Tensor], Tensor] | None = None,
        penalty_factor: float = 1.0,
    ) -> None:
        self.terms = tuple(term for term in terms if term.weight != 0)
        self.evaluate = evaluate
        self.restrict = restrict
        self.penalty_factor = penalty_factor

    def with_terms(self, terms: Iterable[Term]) -> Objective:
        """Return the same with other terms."""
        return Objective(terms, self.evaluate, self.restrict, self.penalty_factor)

    def with_penalty_factor(self, factor: float) -> Objective:
        """Return the same with every weight but the style's times ``factor``."""
        return Objective(self.terms, self.evaluate, self.restrict, factor)

    def with_weights(self, weights: Mapping[str, float]) -> Objective:
        """Return the same with these weights of terms, by name; the others stay."""
        return self.with_terms(
            [replace(term, weight=weights.get(term.name, term.weight)) for term in self.terms]
        )

    @property
    def weights(self) -> dict[str, float]:
        """The weights by the names of the terms."""
        return {term.name: term.weight for term in self.terms}

    def __call__(self, image: Tensor) -> Evaluation:
        """Evaluate the loss and its gradient at ``image`` (1, 3, H, W), sRGB in [0, 1]."""
        factors = {term.name: self._factor(term) for term in self.terms}
        terms = [replace(term, weight=factors[term.name] * term.weight) for term in self.terms]
        penalized, found, gradient = self.evaluate(terms, image)
        parts = {name: 1 / factors[name] * part for name, part in found.items()}
        kinds: dict[str, float] = {}
        for term in self.terms:
            kinds[term.label] = kinds.get(term.label, 0.0) + parts[term.name]
        total = penalized if self.penalty_factor == 1 else sum(parts.values())
        if self.restrict is not None:
            gradient = self.restrict(gradient)
        return Evaluation(total, parts, kinds, penalized, gradient)

    def penalized(self, parts: Mapping[str, float]) -> float:
        """Return the loss, with the penalty factor, of an image with these parts."""
        return sum(self._factor(term) * parts[term.name] for term in self.terms)

    def _factor(self, term: Term) -> float:
        return 1.0 if term.kind is Kind.STYLE else self.penalty_factor
