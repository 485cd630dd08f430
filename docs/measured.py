"""Measure the numbers of ``docs/findings.md``, by the very commands that stand there.

    python -m docs.measured           measure, and write docs/measured.json; then `make docs`
    python -m docs.measured --check   measure what takes a minute, and say what is written otherwise

A command is the first block of code of its section, with the samples for the pictures it names, in
a folder of its own. So a number that its command does not give cannot stand beside it.
"""

from __future__ import annotations

import csv
import json
import math
import os
import re
import shlex
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from impasto.cli import cli
from impasto.samples import PHOTOGRAPHS, painting, photograph

PAGE = Path(__file__).resolve().parent / "findings.md"
FILE = PAGE.with_name("measured.json")

ALLOWED = 0.02
"""How far a number may be from the written one: machines differ in the last bits, and hundreds of
evaluations make more of it."""

Rows = dict[str, list[float]]


def main(arguments: Sequence[str]) -> int:
    """Measure and write, or measure the cheap ones and compare: exit code 1 if one differs."""
    if "--check" in arguments:
        return check()
    found = {name: measure() for name, measure in MEASURES.items()}
    text = json.dumps(found, indent=1)
    FILE.write_text(re.sub(r"\[\s+([^\]]*?)\s+\]", joined, text) + "\n", encoding="utf-8")
    print(FILE)
    return 0


def joined(found: re.Match[str]) -> str:
    """Return a list of numbers on one line."""
    return f"[{' '.join(found[1].split())}]"


def check() -> int:
    """Compare the cheap ones with what is written."""
    written = json.loads(FILE.read_text(encoding="utf-8"))
    wrong = 0
    for name in CHEAP:
        for row, values in MEASURES[name]().items():
            near = np.allclose(values, written[name][row], rtol=ALLOWED, atol=ALLOWED / 2)
            print(f"{name}, {row}: {values}{'' if near else f', written {written[name][row]}'}")
            wrong += not near
    return int(wrong > 0)


def run(section: str, number: int = 0) -> Path:
    """Run a command of a section of the page in the working folder, and return what it writes.

    Args:
        section: The heading.
        number: Which command of the section's first block.
    """
    text = PAGE.read_text(encoding="utf-8").partition(f"\n## {section}\n")[2]
    block = text.partition("```sh\n")[2].partition("```")[0]
    _, *words = shlex.split(block.splitlines()[number])
    words = [str(sample(word)) if word.endswith(".jpg") else word for word in words]
    if "-o" not in words:
        words += ["-o", f"out-{number}"]
    with redirect_stdout(StringIO()):
        # So that the numbers of all processors agree.
        cli.main([*words, "--quiet", "--precision", "float32"], standalone_mode=False)
    return Path(words[words.index("-o") + 1])


def sample(name: str) -> Path:
    """Return the sample that a page calls ``cat.jpg`` or ``swirls.jpg``."""
    stem = Path(name).stem
    return photograph(stem) if stem in PHOTOGRAPHS else painting(stem)


def cells(folder: Path) -> list[dict[str, str]]:
    """Return the rows of a sweep's table."""
    with (folder / "cells.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def gray(path: Path, size: tuple[int, int] | None = None) -> NDArray[np.float64]:
    """Return the gray values of a picture, (H, W) from 0 to 1."""
    with Image.open(path) as opened:
        picture = opened.convert("L")
    return np.asarray(picture.resize(size) if size else picture, np.float64) / 255


def steps() -> Rows:
    """Return by evaluations: the loss, of it the content's, the likeness to the photograph."""
    found: Rows = {}
    folder = run("Fewer steps can look better")
    for cell in cells(folder):
        path = folder / cell["picture"]
        size = int(cell["width"]), int(cell["height"])
        pair = gray(path).ravel(), gray(photograph("cat"), size).ravel()
        likeness = float(np.corrcoef(*pair)[0, 1])
        losses = float(cell["loss"]), float(cell["loss_content"])
        found[cell["evaluations"]] = [*map(significant, losses), round(likeness, 2)]
    return found


def early() -> Rows:
    """Return by evaluations: how much of its way the loss has fallen, how far the pixels are."""
    out = run("The early iterations matter most")
    with out.with_suffix(".csv").open(newline="", encoding="utf-8") as file:
        totals = [float(row["total"]) for row in csv.DictReader(file)]
    lowest = np.minimum.accumulate(totals)
    found: Rows = {}
    last = gray(out)
    for count in (5, 10, 25, 50, 100, 200):
        share = (lowest[0] - lowest[count - 1]) / (lowest[0] - lowest[-1])
        seen = gray(out.with_name(f"{out.stem}-{count:06}.png"))
        found[str(count)] = [round(float(share), 3), round(float(np.abs(seen - last).mean()), 3)]
    return found


def sizes() -> Rows:
    """Return by size: what is left of the style losses, and of the content's."""
    folder = run("Parameters hold at one size and not across sizes", 2)
    return {
        cell["size"]: [significant(float(cell[f"loss_{kind}"])) for kind in ("style", "content")]
        for cell in cells(folder)
    }


def significant(value: float) -> float:
    """Return a number to three significant digits."""
    return round(value, 2 - math.floor(math.log10(abs(value))))


MEASURES: dict[str, Callable[[], Rows]] = {"steps": steps, "early": early, "sizes": sizes}
CHEAP = ("steps", "early")


def in_a_folder(work: Callable[[], Any]) -> Any:
    """Work in a folder that is thrown away."""
    before = Path.cwd()
    with TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            return work()
        finally:
            os.chdir(before)


if __name__ == "__main__":
    sys.exit(in_a_folder(lambda: main(sys.argv[1:])))
