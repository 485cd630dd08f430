"""Pictures on the way from a photograph to a painting, made with the student as it is now.

An optimizer finds whatever a network gets wrong. So a part of every batch are iterates of style
transfers that the current student drives: where it can be fooled, it is fooled here, and the
teacher then says what is really to be seen there, and how it would go on.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from training.data import Crops
from training.lessons import Lesson, teach
from training.procedural import uniform
from training.student import Student
from training.teacher import Teacher

STYLE_SETS = (
    ("relu1_1", "relu2_1", "relu3_1"),
    ("relu1_1", "relu2_1", "relu3_1", "relu4_1"),
    ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"),
    ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"),
    ("relu4_1", "relu5_1"),
    ("relu3_1",),
    ("relu2_1",),
)
CONTENT = ("relu3_3", "relu4_2", "relu4_2")


@dataclass
class Item:
    """One style transfer in progress."""

    lesson: Lesson
    style_lesson: Lesson
    image: Tensor
    content: Tensor
    style: Tensor
    style_layers: tuple[str, ...]
    content_layer: str
    style_weight: float
    variation: float
    adam: bool
    visits: int


class Pool:
    """A few style transfers, each advanced a little now and then, and replaced when old."""

    def __init__(
        self, crops: Crops, teacher: Teacher, rng: torch.Generator, count: int, size: int
    ) -> None:
        """Start `count` transfers of `size` pixels."""
        self.crops, self.teacher, self.rng, self.size = crops, teacher, rng, size
        self.items = [self.new() for _ in range(count)]
        self.next = 0

    def new(self) -> Item:
        """Return a transfer with random pictures, layers, weights and start."""
        rng = self.rng
        content = self.crops.natural(self.size)
        style = self.crops.crop(self.crops.paintings, self.size)
        image = content.clone()
        start = uniform(rng)
        if start > 0.6:
            image = image + torch.randn(image.shape, generator=rng) * uniform(rng, 0.02, 0.25)
        if start > 0.85:
            image = torch.rand(image.shape, generator=rng)
        lesson, style_lesson = teach(self.teacher, torch.stack([image, style]), None, rng)
        return Item(
            lesson=lesson,
            style_lesson=style_lesson,
            image=image,
            content=content,
            style=style,
            style_layers=STYLE_SETS[int(uniform(rng, 0, len(STYLE_SETS)))],
            content_layer=CONTENT[int(uniform(rng, 0, len(CONTENT)))],
            style_weight=10 ** uniform(rng, 1.0, 2.7),
            variation=uniform(rng, 0, 3) if uniform(rng) < 0.6 else 0.0,
            adam=uniform(rng) < 0.3,
            visits=int(uniform(rng, 6, 30)),
        )

    def draw(self, count: int) -> tuple[list[Lesson], list[Lesson]]:
        """Return `count` pictures of the pool, and their styles."""
        order = torch.randperm(len(self.items), generator=self.rng)[:count].tolist()
        items = [self.items[i] for i in order]
        return [item.lesson for item in items], [item.style_lesson for item in items]

    def advance(self, student: Student) -> None:
        """Give the next transfer a few evaluations, or replace it if it is finished.

        Half of the time the teacher sees the picture clamped, as results are in the end.
        """
        item = self.items[self.next]
        if item.visits <= 0:
            self.items[self.next] = self.new()
        else:
            _paint(student, item)
            item.visits -= 1
            if not bool(item.image.isfinite().all()):
                item.image, item.visits = item.content.clone(), 0
            seen = item.image.clamp(0, 1) if uniform(self.rng) < 0.5 else item.image
            (item.lesson,) = teach(self.teacher, seen[None], item.style[None], self.rng)
        self.next = (self.next + 1) % len(self.items)


def _paint(student: Student, item: Item) -> None:
    """Take four steps of Adam or five evaluations of L-BFGS; the student does not learn here."""
    learns = [parameter for parameter in student.parameters() if parameter.requires_grad]
    student.requires_grad_(False)
    wanted = tuple(dict.fromkeys((*item.style_layers, item.content_layer)))
    with torch.no_grad():
        target = student(torch.stack([item.content, item.style]), wanted)
    image = item.image[None].clone().requires_grad_()

    def evaluate() -> Tensor:
        optimizer.zero_grad()
        features = student(image, wanted)
        loss = _objective(student, item, features, target, image)
        loss.backward()
        image.grad = image.grad.contiguous()
        return loss

    if item.adam:
        optimizer: torch.optim.Optimizer = torch.optim.Adam([image], lr=0.03)
        for _ in range(4):
            optimizer.step(evaluate)
    else:
        optimizer = torch.optim.LBFGS(
            [image], max_iter=5, max_eval=6, line_search_fn="strong_wolfe", tolerance_grad=0
        )
        optimizer.step(evaluate)
    item.image = image.detach()[0].clamp(-0.3, 1.3)
    for parameter in learns:
        parameter.requires_grad_()


def _objective(
    student: Student,
    item: Item,
    features: dict[str, Tensor],
    target: dict[str, Tensor],
    image: Tensor,
) -> Tensor:
    """Return the relative objective of a style transfer, in the teacher's coordinates."""
    head = student.heads[item.content_layer]
    wanted = target[item.content_layer][:1] @ head
    got = features[item.content_layer] @ head
    total = (got - wanted).square().mean() / wanted.square().mean().clamp_min(1e-6)
    for layer in item.style_layers:
        head = student.heads[layer]
        f, s = features[layer][0], target[layer][1]
        A = head.T @ (s.T @ s / len(s)) @ head
        G = head.T @ (f.T @ f / len(f)) @ head
        share = item.style_weight / len(item.style_layers)
        total = total + share * (G - A).square().sum() / A.square().sum().clamp_min(1e-6)
    dx, dy = image.diff(dim=3), image.diff(dim=2)
    return 100 * (total + item.variation * (dx.square().mean() + dy.square().mean()))
