"""Ask the teacher about pictures, once for all runs. `python -m training.prepare --help`."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import torch

from training.data import Crops, split
from training.lessons import Lesson, teach
from training.recipe import Config
from training.teacher import Teacher


def prepare(images: Path, config: Config) -> dict[str, object]:
    """Return the basis of the teacher's features, what it keeps, and the lessons."""
    torch.manual_seed(config.seed)
    rng = torch.Generator().manual_seed(config.seed)
    crops, teacher = Crops(split(images, config.seed), rng), Teacher()
    kept = teacher.fit([crops.batch(4, 128) for _ in range(30)])
    lessons: list[Lesson] = []
    start = time.monotonic()
    while len(lessons) < config.lessons:
        lessons += teach(teacher, crops.batch(4, config.size), None, rng)
        if len(lessons) % 100 == 0:
            print(len(lessons), round(time.monotonic() - start), flush=True)
    for lesson in lessons:
        lesson.image = lesson.image.half()
    return {"basis": teacher.basis(), "kept": kept, "lessons": [vars(x) for x in lessons]}


def main() -> None:
    """Write the lessons to a file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=Path, default=Path("../shared/images"))
    parser.add_argument("--out", type=Path, default=Path("../train-runs/lessons.pt"))
    parser.add_argument("--lessons", type=int, default=Config.lessons)
    parser.add_argument("--seed", type=int, default=Config.seed)
    options = parser.parse_args()
    torch.set_num_threads(1)
    config = Config(seed=options.seed, lessons=options.lessons)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    torch.save(prepare(options.images, config), options.out)


if __name__ == "__main__":
    main()
