"""A quick look at pictures that are not trained on, for the curve in the log."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from training.data import read
from training.losses import compare
from training.student import Student
from training.teacher import LAYERS, Teacher


class Validation:
    """R² of the student's own heads on 24 photographs and 8 paintings, and its Gram errors."""

    def __init__(self, files: dict[str, list[Path]], teacher: Teacher, side: int = 160) -> None:
        """Read the middle `side` x `side` pixels of each picture, and ask the teacher."""
        chosen = files["validation_photos"][::4][:24] + files["validation_paintings"][:8]
        batches = torch.stack([_middle(read(path), side) for path in chosen]).split(8)
        with torch.no_grad():
            self.batches = [(batch, _halved(teacher(batch))) for batch in batches]

    @torch.no_grad()
    def __call__(self, student: Student) -> dict[str, float]:
        """Return `val/LAYER`, R², and `val-gram/LAYER`, relative squared Gram errors."""
        error, variance, gram = (dict.fromkeys(LAYERS, 0.0) for _ in range(3))
        for batch, targets in self.batches:
            features = student(batch)
            for layer in LAYERS:
                y, t = features[layer] @ student.heads[layer], targets[layer].float()
                error[layer] += float((y - t).square().sum())
                variance[layer] += float((t - t.mean((0, 1))).square().sum())
                gram[layer] += float(compare(y, t)[1]) / len(self.batches)
        result = {f"val/{layer}": round(1 - error[layer] / variance[layer], 4) for layer in LAYERS}
        return result | {f"val-gram/{layer}": round(gram[layer], 5) for layer in LAYERS}


def _middle(picture: Tensor, side: int) -> Tensor:
    top, left = (picture.shape[1] - side) // 2, (picture.shape[2] - side) // 2
    return picture[:, top : top + side, left : left + side].float() / 255


def _halved(targets: dict[str, Tensor]) -> dict[str, Tensor]:
    return {layer: t.half() for layer, t in targets.items()}
