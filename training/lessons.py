"""What the teacher says of a picture, asked once and kept.

The teacher costs several times what the student does. So a picture's features, and how they would
pull at its pixels, are asked for once, and a picture is learned from many times.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from training.losses import gram
from training.procedural import uniform
from training.recipe import GRADIENT_SHARE
from training.teacher import COORDINATES, LAYERS, Corner, Teacher

CONTENT = ("relu3_3", "relu4_2")
"""Layers whose gradients are mostly those of a content loss."""


@dataclass
class Lesson:
    """A picture and the teacher's answers, in float16 but for the first and the last two.

    Attributes:
        image: `(3, S, S)`.
        corner: Of the quarter in which relu1_1 is kept.
        targets: Coordinates `(N, P)` of each layer.
        layer: The one whose gradient was taken.
        cotangent: A symmetric matrix `D` `(P, P)` in the scalar `<D, Gram(y)>` (style), or `u`
            `(N, P)` in `<u, y>` (content).
        gradient: Of that scalar at the pixels, `(3, S, S)`, with a mean square of 1.
    """

    image: Tensor
    corner: Corner
    targets: dict[str, Tensor]
    layer: str
    cotangent: Tensor
    gradient: Tensor


def pull(y: Tensor, cotangent: Tensor) -> Tensor:
    """Return the scalar of a lesson for coordinates `y` `(N, P)`."""
    if len(cotangent) == cotangent.shape[1] == y.shape[1] != len(y):
        return (cotangent * gram(y[None])[0]).sum()
    return (cotangent * y).sum()


def teach(
    teacher: Teacher, images: Tensor, partners: Tensor | None, rng: torch.Generator
) -> list[Lesson]:
    """Ask the teacher about pictures.

    Args:
        teacher: With a basis.
        images: `(B, 3, S, S)`.
        partners: What each one is compared with to make a cotangent, `(B, 3, S, S)`; without, the
            next picture of the batch.
        rng: Chooses corners, layers and cotangents.
    """
    layers = [_layer(rng) for _ in images]
    seen = images.clone().requires_grad_()
    coordinates = teacher(seen)
    with torch.no_grad():
        deepest = LAYERS[: 1 + max(LAYERS.index(layer) for layer in layers)]
        others = (
            {name: t.roll(1, 0) for name, t in coordinates.items()}
            if partners is None
            else teacher(partners, deepest)
        )
    cotangents = [
        _cotangent(layer, coordinates[layer][i].detach(), others[layer][i].detach(), rng)
        for i, layer in enumerate(layers)
    ]
    scalars = [pull(coordinates[layers[i]][i], c) for i, c in enumerate(cotangents)]
    (gradients,) = torch.autograd.grad(torch.stack(scalars).sum(), seen)
    lessons = []
    for i, layer in enumerate(layers):
        scale = gradients[i].square().mean().clamp_min(1e-20).rsqrt()
        side = images.shape[-1] // 2
        top, left = torch.randint(side + 1, (2,), generator=rng).tolist()
        targets = {name: t[i].detach().half() for name, t in coordinates.items()}
        whole = targets["relu1_1"].view(2 * side, 2 * side, -1)
        part = whole[top : top + side, left : left + side].flatten(0, 1)
        targets["relu1_1"] = part.clone()
        gradient = (gradients[i] * scale).half()
        lessons.append(
            Lesson(images[i], (top, left), targets, layer, cotangents[i] * scale, gradient)
        )
    return lessons


def _layer(rng: torch.Generator) -> str:
    share = torch.tensor([GRADIENT_SHARE[layer] for layer in LAYERS])
    return LAYERS[int(torch.multinomial(share, 1, generator=rng))]


def _cotangent(layer: str, t: Tensor, other: Tensor, rng: torch.Generator) -> Tensor:
    """Return the difference of two Gram matrices, or of features, or noise."""
    if layer not in CONTENT or uniform(rng) < 0.3:
        D = gram(t[None])[0] - gram(other[None])[0]
        return D / D.norm().clamp_min(1e-6)
    u = t - other
    if uniform(rng) < 0.4:
        u = torch.randn(t.shape, generator=rng) * u.std()
    return u / u.norm().clamp_min(1e-6)


def stack(lessons: list[Lesson]) -> tuple[Tensor, dict[str, Tensor], list[Corner]]:
    """Return the images, the targets in float32 and the corners of a batch."""
    images = torch.stack([lesson.image for lesson in lessons]).float()
    targets = {
        layer: torch.stack([lesson.targets[layer] for lesson in lessons]).float()
        for layer in COORDINATES
    }
    return images, targets, [lesson.corner for lesson in lessons]
