"""The state of a training run, and one step of it."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from training.data import Crops, split
from training.lessons import Lesson, pull, stack, teach
from training.losses import compare, compare_differences, solve_head
from training.pool import Pool
from training.recipe import SOLVE_AT, Config
from training.student import Student
from training.teacher import LAYERS, Teacher
from training.validate import Validation


class Run:
    """The state of a training run, and one step of it."""

    def __init__(self, config: Config, images: Path, prepared: dict[str, Any]) -> None:
        """Read pictures and lessons; start from random weights."""
        torch.manual_seed(config.seed)
        self.config = config
        self.rng = torch.Generator().manual_seed(config.seed)
        files = split(images, config.seed)
        self.crops = Crops(files, self.rng)
        self.teacher = Teacher()
        self.teacher.set_basis(prepared["basis"])
        self.validation = Validation(files, self.teacher)
        self.kept = prepared["kept"]
        self.lessons = [Lesson(**fields) for fields in prepared["lessons"]]
        self.student, self.average = Student(), Student()
        self.average.load_state_dict(self.student.state_dict())
        self.adam = torch.optim.Adam(self.student.parameters(), betas=(0.9, 0.99))
        self.pool = Pool(self.crops, self.teacher, self.rng, config.pool, config.size)
        self.step, self.seconds = 0, 0.0
        self.solve_at = SOLVE_AT
        self.S: dict[str, Tensor] = {}
        self.X: dict[str, Tensor] = {}
        self.log: dict[str, float] = {}

    def start_from(self, tensors: Mapping[str, Tensor]) -> None:
        """Take the trunk of another pocket network, and solve heads for it."""
        self.student.inherit(tensors)
        with torch.no_grad():
            for index in range(100):
                images, targets, corners = stack(self.draw(4))
                self.remember(self.student(images, LAYERS, corners), targets, 1 / (index + 1))
        self.solve()
        self.average.load_state_dict(self.student.state_dict())

    def rate(self) -> float:
        """Return the learning rate: a linear warm-up, then a cosine that ends with the time."""
        done = min(1.0, self.seconds / (60 * self.config.minutes))
        warm = min(1.0, (self.step + 1) / self.config.warmup)
        return self.config.rate * warm * 0.5 * (1 + math.cos(math.pi * done))

    def draw(self, count: int) -> list[Lesson]:
        """Return lessons of pictures from files."""
        return [self.lessons[i] for i in self.random(len(self.lessons), count)]

    def random(self, among: int, count: int) -> list[int]:
        """Return different numbers below `among`."""
        return torch.randperm(among, generator=self.rng)[:count].tolist()

    def train_step(self) -> None:
        """Advance by one batch."""
        start = time.perf_counter()
        if self.step >= 100 and self.step % 4 == 0:
            self.pool.advance(self.student)
        if self.step % 20 == 0:
            self.renew()
        painted, styles = self.pool.draw(self.config.pairs)
        fresh = self.draw(self.config.fresh)
        loss = self.losses([*fresh, *painted, *styles], partners(len(fresh), len(painted)))
        loss = loss + self.gradient_loss([*painted, *fresh][: self.config.matched])
        for group in self.adam.param_groups:
            group["lr"] = self.rate()
        self.adam.zero_grad()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(self.student.parameters(), 5.0)
        if norm.isfinite():
            self.adam.step()
        self.step += 1
        if self.step in self.solve_at:
            self.solve()
        self.follow()
        self.seconds += time.perf_counter() - start

    def renew(self) -> None:
        """Replace two of the lessons of pictures from files."""
        new = teach(self.teacher, self.crops.batch(2, self.config.size), None, self.rng)
        for place, lesson in zip(self.random(len(self.lessons), 2), new, strict=True):
            self.lessons[place] = lesson

    def losses(self, lessons: list[Lesson], partner: Tensor) -> Tensor:
        """Return the weighted sum of the losses of features and Gram matrices."""
        images, targets, corners = stack(lessons)
        images = images.contiguous(memory_format=torch.channels_last)
        features = self.student(images, LAYERS, corners)
        if self.step % (4 if self.step < SOLVE_AT[-1] else 20) == 0:
            self.remember(features, targets, max(0.03, 3 / (self.step / 4 + 3)))
        total = torch.zeros(())
        for layer in LAYERS:
            y, t = features[layer] @ self.student.heads[layer], targets[layer]
            missing, gram = compare(y, t)
            difference = compare_differences(y, t, partner)
            total = total + self.config.feature_weight[layer] * missing.clamp_max(4)
            total = total + self.config.gram_weight[layer] * gram
            total = total + self.config.difference_weight[layer] * difference
            self.note(f"r2/{layer}", 1 - float(missing.detach()))
            self.note(f"gram/{layer}", float(gram.detach()))
            self.note(f"difference/{layer}", float(difference.detach()))
        return total

    def gradient_loss(self, lessons: list[Lesson]) -> Tensor:
        """Return how far the student's pull at the pixels is from the teacher's.

        The loss of a picture is `|g_S - g_T|² / |g_T|²`, at most 3.
        """
        images = torch.stack([lesson.image for lesson in lessons]).float()
        images = images.contiguous(memory_format=torch.channels_last).requires_grad_()
        wanted = [name for name in LAYERS if any(name == lesson.layer for lesson in lessons)]
        features = self.student(images, wanted)
        scalars = [
            pull(features[lesson.layer][i] @ self.student.heads[lesson.layer], lesson.cotangent)
            for i, lesson in enumerate(lessons)
        ]
        (found,) = torch.autograd.grad(torch.stack(scalars).sum(), images, create_graph=True)
        total = torch.zeros(())
        for lesson, g in zip(lessons, found, strict=True):
            true = lesson.gradient.float()
            mismatch = (g - true).square().mean() / true.square().mean().clamp_min(1e-12)
            total = total + self.config.gradient_weight[lesson.layer] * mismatch.clamp_max(3)
            cosine = torch.cosine_similarity(g.detach().flatten(), true.flatten(), dim=0)
            self.note(f"cosine/{lesson.layer}", float(cosine))
        return total / len(lessons) * 2

    @torch.no_grad()
    def remember(
        self, features: dict[str, Tensor], targets: dict[str, Tensor], share: float
    ) -> None:
        """Keep running means of `E[f f']` and `E[f t']`, from which heads are solved."""
        for layer in features:
            f, t = features[layer].flatten(0, 1), targets[layer].flatten(0, 1)
            S, X = f.T @ f / len(f), f.T @ t / len(f)
            self.S[layer] = self.S[layer].lerp(S, share) if layer in self.S else S
            self.X[layer] = self.X[layer].lerp(X, share) if layer in self.X else X

    def solve(self) -> None:
        """Set all heads by least squares."""
        with torch.no_grad():
            for layer in LAYERS:
                ridge = max(1e-4, 0.2 / self.step) if self.step else 1e-4
                self.student.heads[layer].copy_(solve_head(self.S[layer], self.X[layer], ridge))

    @torch.no_grad()
    def follow(self) -> None:
        """Move the average of the weights."""
        keep = min(self.config.ema, (1 + self.step) / (10 + self.step))
        for mean, value in zip(self.average.parameters(), self.student.parameters(), strict=True):
            mean.lerp_(value, 1 - keep)

    def note(self, name: str, value: float) -> None:
        """Keep a running mean of a number for the log."""
        self.log[name] = value if name not in self.log else 0.98 * self.log[name] + 0.02 * value

    def state(self) -> dict[str, Any]:
        """Return what is needed to go on; the pool is started anew."""
        return {
            "config": asdict(self.config),
            "kept": self.kept,
            "student": self.student.state_dict(),
            "average": self.average.state_dict(),
            "basis": self.teacher.basis(),
            "adam": self.adam.state_dict(),
            "rng": self.rng.get_state(),
            "moments": (self.S, self.X),
            "step": self.step,
            "seconds": self.seconds,
            "log": self.log,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take over what `state` returned."""
        self.student.load_state_dict(state["student"])
        self.average.load_state_dict(state["average"])
        self.adam.load_state_dict(state["adam"])
        self.rng.set_state(state["rng"])
        self.S, self.X = state["moments"]
        self.step, self.seconds, self.log = state["step"], state["seconds"], state["log"]


def partners(fresh: int, pairs: int) -> Tensor:
    """Return with which picture each one of a batch is compared.

    A batch holds `fresh` pictures, compared around a circle, then `pairs` pictures of the pool and
    their styles, compared with one another.
    """
    circle = torch.arange(fresh).roll(1)
    images = fresh + torch.arange(pairs)
    return torch.cat([circle, images + pairs, images])
