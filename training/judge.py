"""The measure that matters: how good are pictures painted with the network, says VGG-19?

Eight pairs are painted with both networks, with the same settings, from the photograph, in as many
evaluations, and written to files. VGG-19 then tells what loss the files have.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

import impasto
from impasto import images as pictures
from impasto.job import Job, make_inputs, make_objective, prepare
from impasto.settings import Settings
from training.comb import comb
from training.data import split

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
SIDE, EVALUATIONS = 256, 60
TASK: dict[str, Any] = {
    "size": SIDE,
    "plan": ((SIDE, EVALUATIONS),),
    "style_weight": 20,
    "protect_faces": 0,
    "precision": "float32",
    "threads": 1,
}
"""One size, the weights of VGG-19's default, five style layers and relu4_2."""


def pairs(images: Path) -> dict[str, tuple[Path, Path]]:
    """Return the eight pairs by name: photograph and painting. Nothing was trained on them."""
    bsds = split(images, seed=1)["validation_photos"]
    photos = [images / "content" / f"{name}.jpg" for name in CONTENTS] + [bsds[0], bsds[50]]
    return {
        f"{photo.stem}+{style}": (photo, images / "styles" / f"{style}.jpg")
        for photo, style in zip(photos, STYLES, strict=True)
    }


def paint(pair: tuple[Path, Path], out: Path, **network: object) -> Path:
    """Paint a pair with a network into a file, unless that is there."""
    if not out.exists():
        out.parent.mkdir(parents=True, exist_ok=True)
        impasto.stylize(*pair, **TASK, **network).save(out)
    return out


def read(file: Path) -> Tensor:
    """Return a picture file as `(1, 3, H, W)` in [0, 1]."""
    return torch.from_numpy(pictures.read(file).rgb.copy()).permute(2, 0, 1)[None].contiguous()


class Judge:
    """What VGG-19 says of files painted after one pair."""

    def __init__(self, pair: tuple[Path, Path]) -> None:
        self.job: Job = prepare(*pair, Settings(backbone="vgg19", **TASK))
        self.inputs = make_inputs(self.job, SIDE)
        self.objective = make_objective(self.job, self.inputs)

    def __call__(self, file: Path) -> dict[str, float]:
        """Return the loss of a picture under `total`, its weighted summands, and its comb."""
        picture = self.job.sizes.pad(read(file))
        found = self.objective(picture)
        parts = {name: round(value, 4) for name, value in found.parts.items()}
        return {
            "total": round(found.total, 4),
            "style": round(found.kinds["style"], 4),
            **parts,
            "comb": comb(picture, self.inputs.content),
        }


def judge(images: Path, cache: Path, networks: dict[str, dict[str, object]]) -> dict[str, Any]:
    """Return losses and ratios to VGG-19's for the eight pairs.

    Args:
        images: The folder of pictures.
        cache: Where painted pictures are kept.
        networks: By a name for its files, the settings that choose a network.
    """
    rows: dict[str, Any] = {}
    for title, pair in pairs(images).items():
        ask = Judge(pair)
        own = paint(pair, cache / "vgg19" / f"{title}.png", backbone="vgg19")
        rows[title] = {
            "start": round(ask.objective(ask.inputs.content).total, 2),
            "vgg19": ask(own),
        }
        for name, settings in networks.items():
            rows[title][name] = ask(paint(pair, cache / name / f"{title}.png", **settings))
    means = {
        name: {
            f"{what}_ratio": round(
                sum(row[name][what] / row["vgg19"][what] for row in rows.values()) / len(rows), 3
            )
            for what in ("total", "style", "comb")
        }
        for name in networks
    }
    return {"means": means, "pairs": rows}
