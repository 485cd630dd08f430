"""The state of a training run, and one step of it."""

from __future__ import annotations

import math
import time
from dataclasses import asdict
from pathlib import Path

import torch
from torch import Tensor

from impasto.backbones.pocket import read_pocket
from training.data import Crops, split
from training.losses import compare, compare_differences, gradient_mismatch, solve_head
from training.pool import Item, Pool
from training.recipe import SOLVE_AT, Config
from training.student import Student
from training.teachers import LAYERS, Teachers
from training.validate import Validation


class Run:
    """The state of a training run, and one step of it."""

    def __init__(self, config: Config, weights: Path, images: Path) -> None:
        """Read pictures and teachers; start from random weights."""
        torch.manual_seed(config.seed)
        self.config = config
        self.rng = torch.Generator().manual_seed(config.seed)
        files = split(images, config.seed)
        self.crops, self.validation = Crops(files, self.rng), Validation(files)
        self.teachers = Teachers(weights, config.deep_pooling)
        self.kept = self.teachers.fit([self.crops.batch(8, 128) for _ in range(30)])
        self.student, self.average = Student(), Student()
        self.average.load_state_dict(self.student.state_dict())
        self.adam = torch.optim.Adam(self.student.parameters(), betas=(0.9, 0.99))
        self.pool = Pool(self.crops, self.rng, config.pool, config.phases[0][1])
        self.step, self.seconds = 0, 0.0
        self.S: dict[str, Tensor] = {}
        self.X: dict[str, Tensor] = {}
        self.log: dict[str, float] = {}

    def start_from(self, path: Path | None) -> None:
        """Take the trunk of an exported network, and solve heads for it."""
        with torch.no_grad():
            for key, tensor in read_pocket(path).items():
                name, _, part = key.partition(".")
                if name in self.student.convolutions:
                    getattr(self.student.convolutions[name], part).copy_(tensor)
            for index in range(40):
                images = self.crops.batch(8, 128)
                features, targets = self.student(images), self.teachers(images)
                self.remember(features, targets, 1 / (index + 1))
        self.solve()
        self.average.load_state_dict(self.student.state_dict())

    def phase(self) -> tuple[int, int, int]:
        """Return crop size and the two parts of the batch at this time."""
        done = self.seconds / (60 * self.config.minutes)
        return [p[1:] for p in self.config.phases if p[0] <= done][-1]

    def rate(self) -> float:
        """Return the learning rate: a linear warm-up, then a cosine that ends with the time."""
        done = min(1.0, self.seconds / (60 * self.config.minutes))
        warm = min(1.0, (self.step + 1) / self.config.warmup)
        return self.config.rate * warm * 0.5 * (1 + math.cos(math.pi * done))

    def train_step(self) -> None:
        """Advance by one batch."""
        start = time.perf_counter()
        size, fresh, pooled = self.phase()
        self.pool.size = size
        if self.step >= 100 and self.step % 5 == 0:
            self.pool.advance(self.student, 2)
        pairs = self.pool.pairs(pooled)
        images = [self.crops.one(size) for _ in range(fresh)]
        images += [image for image, _ in pairs] + [style for _, style in pairs]
        batch = torch.stack(images).contiguous(memory_format=torch.channels_last)
        loss = self.losses(batch, partners(fresh, len(pairs)))
        for group in self.adam.param_groups:
            group["lr"] = self.rate()
        self.adam.zero_grad()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(self.student.parameters(), 5.0)
        if norm.isfinite():
            self.adam.step()
        self.step += 1
        if self.step in SOLVE_AT:
            self.solve()
        self.follow()
        self.seconds += time.perf_counter() - start

    def losses(self, images: Tensor, partner: Tensor) -> Tensor:
        """Return the weighted sum of all losses of a batch."""
        side = images.shape[-1] // 2
        top, left = torch.randint(side + 1, (2,), generator=self.rng).tolist()
        window = slice(top, top + side), slice(left, left + side)
        with torch.no_grad():
            targets = self.teachers(images, window=window)
        features = self.student(images, window=window)
        if self.step < SOLVE_AT[-1] or self.step % 10 == 0:
            self.remember(features, targets, max(0.03, 3 / (self.step + 3)))
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
        return total + self.gradient_loss(images, targets, partner) if self.step >= 100 else total

    def gradient_loss(self, images: Tensor, targets: dict[str, Tensor], partner: Tensor) -> Tensor:
        """Match gradients of two random layers, each on three random pictures of the batch."""
        share = torch.tensor([self.config.gradient_share[layer] for layer in LAYERS])
        total = torch.zeros(())
        for index in torch.multinomial(share, 2, generator=self.rng).tolist():
            layer = LAYERS[index]
            chosen = torch.randperm(len(images), generator=self.rng)[:3]
            others = targets[layer][partner[chosen]]
            mismatch, cosine = gradient_mismatch(
                self.student, self.teachers, images[chosen], others, layer, self.rng
            )
            self.note(f"cosine/{layer}", float(cosine))
            total = total + self.config.gradient_weight[layer] * mismatch
        return total

    @torch.no_grad()
    def remember(
        self, features: dict[str, Tensor], targets: dict[str, Tensor], share: float
    ) -> None:
        """Keep running means of `E[f f']` and `E[f t']`, from which heads are solved."""
        for layer in LAYERS:
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

    def state(self) -> dict[str, object]:
        """Return everything that is needed to go on as if nothing had happened."""
        return {
            "config": asdict(self.config),
            "student": self.student.state_dict(),
            "average": self.average.state_dict(),
            "teachers": self.teachers.state_dict(),
            "adam": self.adam.state_dict(),
            "rng": self.rng.get_state(),
            "pool": ([vars(item) for item in self.pool.items], self.pool.next, self.pool.size),
            "moments": (self.S, self.X),
            "step": self.step,
            "seconds": self.seconds,
            "log": self.log,
        }

    def restore(self, state: dict[str, object]) -> None:
        """Take over what `state` returned."""
        self.student.load_state_dict(state["student"])
        self.average.load_state_dict(state["average"])
        self.teachers.load_state_dict(state["teachers"], strict=False)
        self.adam.load_state_dict(state["adam"])
        self.rng.set_state(state["rng"])
        items, self.pool.next, self.pool.size = state["pool"]
        self.pool.items = [Item(**item) for item in items]
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
