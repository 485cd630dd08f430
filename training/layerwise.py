"""A start in closed form: VGG-19's own channels, imitated one convolution after the other.

From conv3_1 on, the student has a convolution wherever VGG-19 has one down to conv5_1, only
narrower. Each imitates some of the teacher's channels, those that tell most about all of them. It
is fitted to the maps that the student's convolution before it gives, and not to the teacher's, so
that it mends what that one has missed. `python -m training.layerwise --help`.

Source: Zhang, Zou, He and Sun (2016), "Accelerating Very Deep Convolutional Networks for
Classification and Detection", sections 3.2 (least squares through a ReLU) and 3.3 (asymmetric
reconstruction).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import Tensor

from impasto.backbones import load_backbone
from impasto.backbones.pocket import CONVOLUTIONS, read_pocket, trunk
from training.data import Crops, split
from training.student import Student
from training.teacher import rows

FITTED: Final = tuple(name for name in CONVOLUTIONS if name >= "conv3")
SIZE: Final = 192
"""Side of a crop in pixels: 12 positions of relu5_1 across."""

ROUNDS: Final = 10
"""Of guessing what the teacher had before its ReLU, and fitting."""

POSITIONS: Final = 60_000
"""Of a layer, spread over all crops, from which a convolution is fitted."""


class Patches:
    """The 3x3 neighborhoods of a feature map, each with a one, and the solution for any targets."""

    def __init__(self, maps: Tensor, ridge: float) -> None:
        """Take maps `(N, C, H, W)`; the ridge is a share of the mean square, and spares the one."""
        self.maps, self.every = maps, max(1, maps.shape[0] * maps[0, 0].numel() // POSITIONS)
        square = sum(patches.T.double() @ patches.double() for _, patches in self)
        penalty = ridge * square.diagonal().mean() * torch.ones(len(square), dtype=torch.float64)
        penalty[-1] = 0
        self.factor = torch.linalg.cholesky(square + penalty.diag())

    def __iter__(self) -> Iterator[tuple[int, Tensor]]:
        """Yield the number of a crop, and `(positions, 9 C + 1)` of it."""
        for at, x in enumerate(self.maps):
            patches = F.unfold(x[None].float(), 3, padding=1)[0].T[at % self.every :: self.every]
            yield at, F.pad(patches, (0, 1), value=1.0)

    def solve(self, targets: Callable[[int, Tensor], Tensor]) -> Tensor:
        """Return the `(9 C + 1, K)` that leads nearest to the targets `(positions, K)`.

        Args:
            targets: Called with the number of a crop, and its patches.
        """
        product = sum(patches.T.double() @ targets(at, patches).double() for at, patches in self)
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

    def seen(at: int, _: Tensor) -> Tensor:
        return rows(wanted[at][None].float())[0][at % patches.every :: patches.every]

    found = patches.solve(seen)
    for _ in range(ROUNDS - 1):
        before = found

        def guessed(at: int, x: Tensor, before: Tensor = before) -> Tensor:
            true = seen(at, x)
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


@torch.no_grad()
def build(images: Path, begun: dict[str, Tensor], crops: int, seed: int) -> dict[str, Tensor]:
    """Return the convolutions of a student, whose first two blocks are another network's.

    Every channel from conv3_1 on has a mean square of 1, so that Adam may move all alike.

    Args:
        images: See `training.data.split`.
        begun: The tensors of the other network.
        crops: How many pictures are looked at.
        seed: Of the choice of pictures.
    """
    layers = [name.replace("conv", "relu") for name in FITTED]
    teacher = load_backbone("vgg19", layers=layers).to(memory_format=torch.channels_last)
    student = Student()
    student.inherit({name: x for name, x in begun.items() if name < "conv3"})
    source = Crops(split(images, seed), torch.Generator().manual_seed(seed))
    seen: dict[str, list[Tensor]] = {}
    for _ in range(crops):
        picture = source.batch(1, SIZE).contiguous(memory_format=torch.channels_last)
        answers = {**teacher(picture, layers), "pool2": pool2(student, picture)}
        for name, x in answers.items():
            seen.setdefault(name, []).append(x.half())
    found = {name: x for name, x in begun.items() if name < "conv3"}
    maps, block = torch.cat(seen.pop("pool2")), "3"
    for name, layer in zip(FITTED, layers, strict=True):
        if name[4] != block:
            maps, block = F.avg_pool2d(maps.float(), 2).half(), name[4]
        true = torch.cat(seen.pop(layer))
        wanted = true[:, choose(true, CONVOLUTIONS[name][1])]
        kernel, bias = fit(maps, wanted, ridge=1e-4 if block < "5" else 3e-4)
        size = wanted.float().square().mean((0, 2, 3)).sqrt().clamp_min(1e-6)
        found[f"{name}.weight"] = kernel / size[:, None, None, None]
        found[f"{name}.bias"] = bias / size
        maps = convolve(maps, found[f"{name}.weight"], found[f"{name}.bias"])
        error = maps.float() - wanted.float() / size[None, :, None, None]
        print(name, "keeps", round(1 - float(error.square().mean()), 3), flush=True)
    return found


def pool2(student: Student, picture: Tensor) -> Tensor:
    """Return the student's map between blocks 2 and 3."""
    maps: dict[str, Tensor] = {}

    def keep(name: str, x: Tensor) -> Tensor:
        maps[name] = x.clone()
        return x

    trunk(student.convolutions, picture, ["relu3_1"], keep)
    return maps["pool2"]


def main() -> None:
    """Write the convolutions to a file, for `python -m training.train --init-from`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=Path, default=Path("../shared/images"))
    parser.add_argument("--from", dest="begun", type=Path, help="default: the shipped network")
    parser.add_argument("--out", type=Path, default=Path("../train-runs/start.safetensors"))
    parser.add_argument("--crops", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(1)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    found = build(options.images, read_pocket(options.begun), options.crops, options.seed)
    save_file({name: x.contiguous() for name, x in found.items()}, options.out)


if __name__ == "__main__":
    main()
