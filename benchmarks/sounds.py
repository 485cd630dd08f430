"""Judge textures of the sample sounds: ``python -m benchmarks.sounds [NAME ...] [--seconds 8]``.

Printed is a table: the distances of `benchmarks.cochlea` beside those of the recording's halves.
"""

from __future__ import annotations

import argparse
import time
from collections import deque
from collections.abc import Sequence

import numpy as np

from benchmarks.cochlea import (
    Numbers,
    random_networks_distance,
    rhythm_error,
    texture_distance,
)
from impasto.samples import SOUNDS, sound
from impasto.sound import read_sound, texture

HEADS = (
    "sound",
    "ear",
    "halves",
    "networks",
    "halves",
    "rhythm",
    "halves",
    "copy",
    "halves",
    "CPU s",
)


def judged(result: Numbers, recording: Numbers, rate: int) -> list[float]:
    """Return the distances of a result from a recording, each before that of two halves."""
    half = len(recording) // 2
    first, second = recording[:half], recording[half:]
    return [
        texture_distance(result, recording, rate)[0],
        texture_distance(first, second, rate)[0],
        random_networks_distance(result, recording),
        random_networks_distance(first, second),
        rhythm_error(result, recording, rate),
        rhythm_error(first, second, rate),
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """Make and judge the textures asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sounds", description=__doc__)
    parser.add_argument("names", nargs="*", default=list(SOUNDS), metavar="NAME")
    parser.add_argument("--seconds", type=float, default=8.0)
    given = parser.parse_args(arguments)
    print("| " + " | ".join(HEADS) + " |\n" + "|---" * len(HEADS) + "|")
    for name in given.names:
        recording, began = read_sound(sound(name)), time.process_time()
        result = deque(texture(recording, seconds=given.seconds), maxlen=1).pop()
        seconds = time.process_time() - began
        numbers = judged(
            result.sound.samples[0].astype(np.float64),
            recording.samples[0].astype(np.float64),
            recording.rate,
        )
        likeness = [result.copy, result.job.recording_likeness]
        words = [f"{number:.3f}" for number in (*numbers, *likeness)]
        print(f"| {name} | " + " | ".join(words) + f" | {seconds:.0f} |", flush=True)


if __name__ == "__main__":
    main()
