"""A network in closed form: VGG-19's own channels, imitated one convolution after the other.

From conv2_2 on, the student has a convolution wherever VGG-19 has one down to conv5_1, only
narrower. Each imitates some of the teacher's channels, those that tell most about all of them. It
is fitted to the maps that the student's convolution before it gives, and not to the teacher's, so
that it mends what that one has missed. `python -m training.layerwise --help`.

Source: Zhang, Zou, He and Sun (2016), "Accelerating Very Deep Convolutional Networks for
Classification and Detection", sections 3.2 (least squares through a ReLU) and 3.3 (asymmetric
reconstruction).
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor

from impasto.backbones import load_backbone
from impasto.backbones.pocket import CONVOLUTIONS, PROJECTIONS, read_pocket, reads, trunk
from training.data import Crops, read, split
from training.losses import solve_head
from training.student import Student
from training.teacher import LAYERS, Teacher, rows
from training.validate import Validation

HEADS: Final = 500
"""Pictures from which the heads are solved, at most."""

Moments = tuple[dict[str, Tensor], dict[str, Tensor]]
"""`E[f f']` and `E[f t']` of each layer."""

NAMES: Final = tuple(CONVOLUTIONS)
FIRST: Final = "conv2_2"
"""The first convolution that is fitted, unless another is named."""

SIZE: Final = 224
"""Side of a crop in pixels: 14 positions of relu5_1 across."""

ROUNDS: Final = 10
"""Of guessing what the teacher had before its ReLU, and fitting."""

POSITIONS: Final = 160_000
"""Of a layer, spread over all crops, from which a convolution is fitted."""


class Patches:
    """The 3x3 neighborhoods of a feature map, each with a one, and the solution for any targets."""

    def __init__(self, maps: Tensor, ridge: float) -> None:
        """Take maps `(N, C, H, W)`; the ridge is a share of the mean square, and spares the one."""
        self.maps = maps
        self.stride = max(1, round(math.sqrt(len(maps) * maps[0, 0].numel() / POSITIONS)))
        square = sum((patches.T @ patches).double() for _, patches in self)
        penalty = ridge * square.diagonal().mean() * torch.ones(len(square), dtype=torch.float64)
        penalty[-1] = 0
        self.factor = torch.linalg.cholesky(square + penalty.diag())

    def corner(self, at: int) -> tuple[int, int]:
        """Return the first row and column of a picture that is looked at: all have their turn."""
        return at % self.stride, at // self.stride % self.stride

    def __iter__(self) -> Iterator[tuple[int, Tensor]]:
        """Yield the number of a picture, and `(positions, 9 C + 1)` of it."""
        for at, x in enumerate(self.maps):
            top, left = self.corner(at)
            padded = F.pad(x[None].float(), (1, 1, 1, 1))[..., top:, left:]
            patches = F.unfold(padded, 3, stride=self.stride)[0].T
            yield at, F.pad(patches, (0, 1), value=1.0)

    def seen(self, values: Tensor, at: int) -> Tensor:
        """Return the same positions of other maps `(N, K, H, W)` of a picture."""
        top, left = self.corner(at)
        return rows(values[at, None, :, top :: self.stride, left :: self.stride].float())[0]

    def solve(self, targets: Callable[[int, Tensor], Tensor]) -> Tensor:
        """Return the `(9 C + 1, K)` that leads nearest to the targets `(positions, K)`.

        Args:
            targets: Called with the number of a picture, and its patches.
        """
        product = sum((patches.T @ targets(at, patches)).double() for at, patches in self)
        return torch.cholesky_solve(product, self.factor).float()


def fit(maps: Tensor, wanted: Tensor, ridge: float) -> tuple[Tensor, Tensor]:
    """Return the kernel and bias with which a convolution and a ReLU lead nearest to `wanted`.

    Where the teacher has 0 it may have had anything below before its ReLU: there what the student
    has below 0 is right, too. That is guessed and fitted in turns.

    Args:
        maps: `(N, C, H, W)`, the student's.
        wanted: `(N, K, H, W)`, the teacher's, 0 or more.
        ridge: See `Patches`.
    """
    patches = Patches(maps, ridge)

    found = patches.solve(lambda at, _: patches.seen(wanted, at))
    for _ in range(ROUNDS - 1):
        before = found

        def guessed(at: int, x: Tensor, before: Tensor = before) -> Tensor:
            true = patches.seen(wanted, at)
            return torch.where(true > 0, true, (x @ before).clamp_max(0))

        found = patches.solve(guessed)
    kernel = found[:-1].T.reshape(wanted.shape[1], maps.shape[1], 3, 3)
    return kernel.contiguous(), found[-1]


def choose(features: Tensor, count: int) -> list[int]:
    """Return the channels whose span holds most of the second moment of all, found greedily.

    Args:
        features: `(N, C, H, W)`.
        count: How many.
    """
    left = sum(y.T @ y for y in (rows(x[None].double())[0] for x in features))
    assert isinstance(left, Tensor)
    chosen: list[int] = []
    for _ in range(count):
        held = left.square().sum(0) / left.diagonal().clamp_min(1e-9)
        held[chosen] = -1
        best = int(held.argmax())
        chosen.append(best)
        left = left - torch.outer(left[:, best], left[best]) / left[best, best].clamp_min(1e-9)
    return chosen


def convolve(maps: Tensor, kernel: Tensor, bias: Tensor) -> Tensor:
    """Return the maps behind a convolution and its ReLU, in float16."""
    return torch.cat(
        [F.conv2d(x[None].float(), kernel, bias, padding=1).relu().half() for x in maps]
    )


def gather(images: Path, painted: Path | None, crops: int, seed: int) -> list[Tensor]:
    """Return the pictures that are learned from, `(1, 3, SIZE, SIZE)` each, in [0, 1].

    Args:
        images: See `training.data.split`.
        painted: A folder of `training.painted`; all of it is taken.
        crops: How many crops of other pictures.
        seed: Of the choice of crops.
    """
    source = Crops(split(images, seed), torch.Generator().manual_seed(seed))
    pictures = [source.batch(1, SIZE) for _ in range(crops)]
    files = sorted(painted.glob("*.png")) if painted else []
    return pictures + [read(file)[None].float() / 255 for file in files]


@torch.no_grad()
def build(pictures: list[Tensor], begun: dict[str, Tensor], first: str) -> Student:
    """Return a student without heads, whose convolutions before the first are another network's.

    Every channel from there on has a mean square of 1, so that Adam may move all alike.

    Args:
        pictures: See `gather`.
        begun: The tensors of the other network.
        first: The first convolution that is fitted.
    """
    fitted = NAMES[NAMES.index(first) :]
    before = NAMES[NAMES.index(first) - 1]
    layers = [name.replace("conv", "relu") for name in fitted]
    teacher = load_backbone("vgg19", layers=layers).to(memory_format=torch.channels_last)
    student = Student()
    student.inherit({name: x for name, x in begun.items() if name < first})
    seen: dict[str, list[Tensor]] = {}
    for picture in pictures:
        answers = {**teacher(_in_rows(picture), layers), before: map_of(student, picture, before)}
        for name, x in answers.items():
            seen.setdefault(name, []).append(x.half())
    maps, block = torch.cat(seen.pop(before)), before[4]
    for name, layer in zip(fitted, layers, strict=True):
        if name[4] != block:
            maps, block = F.avg_pool2d(maps.float(), 2).half(), name[4]
        true = torch.cat(seen.pop(layer))
        wanted = true[:, choose(true, CONVOLUTIONS[name][1])]
        kernel, bias = fit(maps, wanted, ridge=1e-4 if block < "5" else 3e-4)
        size = wanted.float().square().mean((0, 2, 3)).sqrt().clamp_min(1e-6)
        convolution = student.convolutions[name]
        convolution.weight.copy_(kernel / size[:, None, None, None])
        convolution.bias.copy_(bias / size)
        maps = convolve(maps, convolution.weight, convolution.bias)
        error = maps.float() - wanted.float() / size[None, :, None, None]
        print(name, "keeps", round(1 - float(error.square().mean()), 3), flush=True)
    return student


@torch.no_grad()
def solve(student: Student, teacher: Teacher, pictures: list[Tensor]) -> Moments:
    """Set the heads of a student by least squares; return the moments that they came from."""
    S, X = (dict.fromkeys(LAYERS, torch.zeros((), dtype=torch.float64)) for _ in range(2))
    for picture in pictures:
        features, targets = student(_in_rows(picture)), teacher(picture)
        for layer in LAYERS:
            f, t = features[layer][0], targets[layer][0]
            S[layer] = S[layer] + (f.T @ f / len(f)).double() / len(pictures)
            X[layer] = X[layer] + (f.T @ t / len(f)).double() / len(pictures)
    for layer in LAYERS:
        student.heads[layer].copy_(solve_head(S[layer], X[layer]))
    return S, X


def map_of(student: Student, picture: Tensor, convolution: str) -> Tensor:
    """Return the student's map behind a convolution."""
    maps: dict[str, Tensor] = {}

    def keep(name: str, x: Tensor) -> Tensor:
        maps[name] = x.clone()
        return x

    layer = next(name for name in PROJECTIONS if convolution in reads(name, CONVOLUTIONS))
    trunk(student.convolutions, _in_rows(picture), [layer], keep)
    return maps[convolution]


def _in_rows(picture: Tensor) -> Tensor:
    return picture.contiguous(memory_format=torch.channels_last)


def main() -> None:
    """Write a checkpoint, for `python -m training.export` or `python -m training.train`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=Path, default=Path("../shared/images"))
    parser.add_argument("--from", dest="begun", type=Path, help="default: the shipped network")
    parser.add_argument("--painted", type=Path, help="a folder that training.painted has filled")
    parser.add_argument("--out", type=Path, default=Path("../train-runs/layerwise"))
    parser.add_argument("--first", choices=NAMES[1:], default=FIRST, help="convolution to fit")
    parser.add_argument("--crops", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(2)
    began = time.monotonic()
    options.out.mkdir(parents=True, exist_ok=True)
    pictures = gather(options.images, options.painted, options.crops, options.seed)
    student = build(pictures, read_pocket(options.begun), options.first)
    teacher = Teacher()
    teacher.fit(pictures[:: -(-len(pictures) // 100)])
    moments = solve(student, teacher, pictures[:: -(-len(pictures) // HEADS)])
    validation = Validation(split(options.images, options.seed), teacher)(student)
    print(json.dumps(validation), flush=True)
    state = {
        "average": student.state_dict(),
        "moments": moments,
        "config": {"seed": options.seed, "pictures": len(pictures)},
        "step": 0,
        "seconds": time.monotonic() - began,
    }
    torch.save(state, options.out / "checkpoint.pt")


if __name__ == "__main__":
    main()
