"""The measure that matters: how good are style transfers made with the network, says VGG-19?

A picture is painted with the network; the true VGG-19 then tells what loss it has, and that is
divided by the loss that VGG-19 itself reaches from the same start in as many evaluations.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from impasto.backbones.pocket import Pocket
from training.data import split
from training.teachers import VGG

Network = Callable[[Tensor, tuple[str, ...]], dict[str, Tensor]]
CONTENTS = ("tubingen", "golden_gate", "abbey", "autumn_river", "parrots", "portrait_red_hat")
STYLES = (
    "starry_night",
    "the_scream",
    "composition_vii",
    "shipwreck",
    "japanese_bridge",
    "street_pavers",
    "gray_tree",
    "port_en_bessin",
)


@dataclass(frozen=True)
class Task:
    """What is minimized: `content + style_weight * style + variation * TV`, relative terms."""

    style_layers: tuple[str, ...] = ("relu1_1", "relu2_1", "relu3_1")
    content_layer: str = "relu3_3"
    style_weight: float = 60.0
    variation: float = 0.0
    evaluations: int = 200

    @property
    def layers(self) -> tuple[str, ...]:
        """All layers that are needed."""
        return tuple(dict.fromkeys((*self.style_layers, self.content_layer)))


def picture(path: Path, side: int) -> Tensor:
    """Read a picture `(1, 3, H, W)` in [0, 1] whose longer side is `side` pixels."""
    with Image.open(path) as image:
        scale = side / max(image.size)
        size = (round(image.width * scale), round(image.height * scale))
        small = image.convert("RGB").resize(size, Image.Resampling.LANCZOS)
    pixels = torch.frombuffer(bytearray(small.tobytes()), dtype=torch.uint8)
    return pixels.view(1, size[1], size[0], 3).permute(0, 3, 1, 2).float() / 255


def pairs(images: Path, side: int) -> list[tuple[str, Tensor, Tensor]]:
    """Return the eight pairs: name, content, style."""
    bsds = split(images, seed=1)["validation_photos"]
    photos = [images / "content" / f"{name}.jpg" for name in CONTENTS] + [bsds[0], bsds[50]]
    return [
        (
            f"{photo.stem}+{style}",
            picture(photo, side),
            picture(images / "styles" / f"{style}.jpg", side),
        )
        for photo, style in zip(photos, STYLES, strict=True)
    ]


def gram(feature: Tensor) -> Tensor:
    """Return `F F' / (H W)` of `(1, C, H, W)`."""
    rows = feature[0].flatten(1).float()
    return rows @ rows.T / rows.shape[1]


class Objective:
    """The relative objective of a style transfer under one network."""

    def __init__(self, network: Network, task: Task, content: Tensor, style: Tensor) -> None:
        """Compute the targets."""
        self.network, self.task = network, task
        with torch.no_grad():
            at_content = network(content, (task.content_layer,))
            at_style = network(style, task.style_layers)
        self.content = at_content[task.content_layer]
        self.grams = {layer: gram(f) for layer, f in at_style.items()}

    def parts(self, image: Tensor) -> dict[str, Tensor]:
        """Return the unweighted terms by name."""
        features = self.network(image, self.task.layers)
        difference = features[self.task.content_layer] - self.content
        parts = {"content": difference.square().mean() / self.content.square().mean()}
        for layer, A in self.grams.items():
            error = (gram(features[layer]) - A).square().sum()
            parts[layer] = error / A.square().sum()
        return parts

    def __call__(self, image: Tensor) -> Tensor:
        """Return the weighted sum with total variation."""
        parts = self.parts(image)
        style = torch.stack([parts[layer] for layer in self.task.style_layers]).mean()
        dx, dy = image.diff(dim=3), image.diff(dim=2)
        variation = dx.square().mean() + dy.square().mean()
        total = parts["content"] + self.task.style_weight * style
        return total + self.task.variation * variation


def minimize(objective: Objective, start: Tensor) -> Tensor:
    """Return the picture after `task.evaluations` evaluations of L-BFGS from `start`."""
    image = start.clone().requires_grad_()
    count = objective.task.evaluations
    optimizer = torch.optim.LBFGS(
        [image],
        max_iter=count,
        max_eval=count,
        history_size=20,
        tolerance_grad=0,
        tolerance_change=0,
        line_search_fn="strong_wolfe",
    )

    def evaluate() -> Tensor:
        optimizer.zero_grad()
        # Times 100, or curvature falls below what this optimizer takes for zero.
        loss = 100 * objective(image.contiguous(memory_format=torch.channels_last))
        loss.backward()
        image.grad = image.grad.contiguous()
        return loss

    optimizer.step(evaluate)
    return image.detach()


def judge(
    network: Network, weights: Path, images: Path, cache: Path, side: int = 256
) -> dict[str, object]:
    """Return losses and ratios for the eight pairs.

    Args:
        network: The network that is judged.
        weights: The folder with the weights of VGG-19.
        images: The folder of pictures.
        cache: Where VGG-19's own results and the painted pictures are kept.
        side: Longer side of contents and styles in pixels.
    """
    vgg = VGG(weights / "vgg19_conv1_1-conv3_4.safetensors")
    task = Task()
    rows: dict[str, object] = {}
    ratios, clamped_ratios = [], []
    for name, content, style in pairs(images, side):
        true = Objective(vgg, task, content, style)
        own = _direct(true, content, cache / f"vgg_{side}_{name}.pt")
        painted = minimize(Objective(network, Task(variation=1.0), content, style), content)
        save_picture(painted, cache / f"pocket_{side}_{name}.png")
        save_picture(own, cache / f"vgg_{side}_{name}.png")
        with torch.no_grad():
            got, best = float(true(painted)), float(true(own))
            clamped = float(true(painted.clamp(0, 1))), float(true(own.clamp(0, 1)))
            parts = {k: round(float(v), 5) for k, v in true.parts(painted).items()}
            vgg_parts = {k: round(float(v), 5) for k, v in true.parts(own).items()}
            at_start = float(true(content))
        ratios.append(got / best)
        clamped_ratios.append(clamped[0] / clamped[1])
        rows[name] = {
            "start": round(at_start, 3),
            "vgg": round(best, 4),
            "pocket": round(got, 4),
            "ratio": round(ratios[-1], 3),
            "ratio_clamped": round(clamped_ratios[-1], 3),
            "parts": parts,
            "vgg_parts": vgg_parts,
        }
    return {
        "mean_ratio": round(sum(ratios) / len(ratios), 4),
        "mean_ratio_clamped": round(sum(clamped_ratios) / len(ratios), 4),
        "pairs": rows,
    }


def _direct(true: Objective, content: Tensor, path: Path) -> Tensor:
    """Return VGG-19's own result, from the cache if it is there."""
    if path.exists():
        return torch.load(path, weights_only=True)
    result = minimize(true, content)
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(result, path)
    return result


def save_picture(image: Tensor, path: Path) -> None:
    """Write `(1, 3, H, W)` as PNG."""
    pixels = (image[0].clamp(0, 1) * 255).round().byte().permute(1, 2, 0).contiguous()
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels.numpy()).save(path)


def pocket(path: Path | None = None) -> Pocket:
    """Return the shipped network, or the one in `path`, ready to run fast."""
    from impasto.backbones.pocket import PROJECTIONS, read_pocket

    return Pocket(read_pocket(path), tuple(PROJECTIONS)).to(memory_format=torch.channels_last)
