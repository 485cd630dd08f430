"""Paint pairs with the pocket network, to be looked at. `python -m training.paint --help`."""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from training.judge import Objective, Task, minimize, picture, pocket, save_picture

FIVE = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")


def main() -> None:
    """Read the command line, paint, write a PNG."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("content", type=Path)
    parser.add_argument("style", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--file", type=Path, default=None, help="the shipped file if not given")
    parser.add_argument("--side", type=int, default=320)
    parser.add_argument("--style-weight", type=float, default=100.0)
    parser.add_argument("--variation", type=float, default=1.5)
    parser.add_argument("--evaluations", type=int, default=200)
    options = parser.parse_args()
    torch.set_num_threads(1)
    content, style = picture(options.content, options.side), picture(options.style, options.side)
    task = Task(FIVE, "relu4_2", options.style_weight, options.variation, options.evaluations)
    save_picture(
        minimize(Objective(pocket(options.file), task, content, style), content), options.output
    )


if __name__ == "__main__":
    main()
