"""Distil the pocket network. `python -m training.train --help`."""

from __future__ import annotations

import argparse
import json
import signal
import time
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

import torch

from impasto.backbones.pocket import read_pocket
from training.recipe import Config
from training.run import Run


def save(run: Run, folder: Path) -> None:
    """Write a checkpoint, whole or not at all."""
    temporary = folder / "checkpoint.tmp"
    torch.save(run.state(), temporary)
    temporary.replace(folder / "checkpoint.pt")


def write(log: TextIO, record: dict[str, object]) -> None:
    """Append a line to the log."""
    print(json.dumps(record), file=log, flush=True)


def progress(run: Run) -> dict[str, object]:
    """Say how far the run is."""
    return {"step": run.step, "seconds": round(run.seconds, 1)}


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=Path, default=Path("../shared/images"))
    parser.add_argument("--lessons", type=Path, default=Path("../train-runs/lessons.pt"))
    parser.add_argument("--out", type=Path, default=Path("../train-runs/pocket"))
    parser.add_argument("--minutes", type=float, default=Config.minutes)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=Config.rate, help="largest learning rate")
    parser.add_argument(
        "--init-from", type=Path, metavar="FILE", help="an exported network, of any widths"
    )
    parser.add_argument("--resume", action="store_true", help="go on from OUT/checkpoint.pt")
    return parser.parse_args()


def main() -> None:
    """Train until the time is over or the process is asked to end."""
    options = arguments()
    torch.set_num_threads(options.threads)
    options.out.mkdir(parents=True, exist_ok=True)
    config = Config(seed=options.seed, minutes=options.minutes, rate=options.rate)
    run = Run(config, options.images, torch.load(options.lessons, weights_only=True))
    if options.init_from:
        run.start_from(read_pocket(options.init_from))
    if options.resume:
        run.restore(torch.load(options.out / "checkpoint.pt", weights_only=True))
    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stopped.append(number))
    saved = time.monotonic()
    with (options.out / "log.jsonl").open("a") as log:
        write(log, {"config": asdict(run.config), "kept": run.kept})
        write(log, progress(run) | run.validation(run.average))
        while run.seconds < 60 * options.minutes and not stopped:
            run.train_step()
            if run.step % 50 == 0:
                means = {name: round(value, 4) for name, value in run.log.items()}
                write(log, {**progress(run), "rate": run.rate(), **means})
            if time.monotonic() - saved > 300:
                save(run, options.out)
                write(log, progress(run) | run.validation(run.average))
                saved = time.monotonic()
        write(log, progress(run) | run.validation(run.average))
    save(run, options.out)


if __name__ == "__main__":
    main()
