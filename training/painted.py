"""Pictures that a network paints. `python -m training.painted --help`.

An optimizer finds whatever a network gets wrong. So `training.layerwise` also learns from what an
earlier network has painted: there its mistakes are, and the teacher says what is really to be seen.

Source: Ross, Gordon and Bagnell (2011), "A Reduction of Imitation Learning and Structured
Prediction to No-Regret Online Learning" (DAgger): learn from where the learner itself leads.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

import impasto
from training.data import Crops, split
from training.layerwise import SIZE
from training.procedural import uniform

EVALUATIONS = (10, 25, 60, 60)
STYLE_WEIGHTS = (10, 20, 30, 60)
STARTS = ("content", "content", "content", "noise")


def main() -> None:
    """Paint crops of training pictures into a folder, with settings drawn for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=Path, default=Path("../shared/images"))
    parser.add_argument("--weights", type=Path, help="of a pocket network; default: the shipped")
    parser.add_argument("--out", type=Path, default=Path("../train-runs/painted"))
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    rng = torch.Generator().manual_seed(options.seed)
    crops = Crops(split(options.images, options.seed), rng)
    for number in range(options.count):
        photograph, painting = crops.natural(SIZE), crops.crop(crops.paintings, SIZE)
        evaluations, style_weight, start = (
            choices[int(uniform(rng, 0, len(choices)))]
            for choices in (EVALUATIONS, STYLE_WEIGHTS, STARTS)
        )
        result = impasto.stylize(
            *(picture.permute(1, 2, 0).numpy() for picture in (photograph, painting)),
            backbone="pocket",
            weights=options.weights and str(options.weights),
            size=SIZE,
            plan=((SIZE, evaluations),),
            style_weight=style_weight,
            init=start,
            protect_faces=0,
            precision="float32",
            threads=1,
        )
        result.save(options.out / f"{number:03}.png")


if __name__ == "__main__":
    main()
