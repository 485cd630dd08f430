"""Part: settings at random, sound and not. What comes is a finite picture, or one sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from PIL import Image

from impasto.errors import ImpastoError, UsageError
from impasto.job import Job, Recipe, prepare
from impasto.run import run
from impasto.settings import PRESETS, SPECS, Settings, apply, parsing
from tests.scenes import scene, strokes
from tests.torture.readers import check_unit
from tests.torture.watched import Case, refusal

SIDES = {
    "photo": (24, 18),
    "tall": (5, 40),
    "line": (64, 1),
    "square": (16, 16),
}
"""Width and height of the pictures that are painted, and painted with."""

LAYERS = ("relu1_1", "relu1_2", "relu2_1", "relu2_2", "relu3_1", "relu3_2", "relu4_1", "relu4_2",
          "image", "relu9_9", "pool1", "conv1_1")  # fmt: skip

JUNK = (
    *("", " ", "nan", "inf", "-1", "0", "1e400", "none", "None", "true", "\0", "a\nb", "\x1b[2J"),
    *("ü" * 50, "x" * 5000, ",", ":", ",,,:::", "../../..", "-", "0x10", "1_0", "١", "\ud800"),
    *(-1, 0, 1, 10**9, 10**400, -(2**63), 1e308, 5e-324, float("nan"), float("inf")),
    *(True, False, (), [], {}, [[]], [None], {"a": 1}, [1, 2, 3], b"bytes", object, 1j),
)


class Drawn:
    """Draws settings and paints with them: the part's cases."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.seed = folder, seed
        self.last: Job | None = None
        self.log = folder / "settings.txt"
        self.pictures = write_pictures(folder / "drawn")

    def __call__(self, case: int) -> str:
        """Paint with some settings, or hear why not."""
        random = Random(f"settings {self.seed} {case}")
        preset, values = self.draw(random)
        self.log.write_text(f"{preset} {values}\n", errors="replace")  # for whoever repeats it
        try:
            settings = apply(preset, values)
        except UsageError as error:
            refusal(error)
            return "refused by themselves"
        try:
            self.paint(settings, random)
        except UsageError as error:
            refusal(error)
            return "refused with the pictures"
        except ImpastoError as error:  # a loss that is no number
            refusal(error)
            return "given up"
        return "painted"

    def paint(self, settings: Settings, random: Random) -> None:
        """Paint, write the picture, and read back how it was painted."""
        content = str(random.choice(self.pictures))
        styles = [str(random.choice(self.pictures)) for _ in range(random.choice((1, 1, 1, 2)))]
        job = prepare(content, styles, settings, self.last)
        self.last = job
        for result in run(job):
            assert np.isfinite(result.last.total), result.last
        check_unit(result.rgb)
        out = self.folder / "drawn" / "out.png"
        result.save(out)
        assert Recipe.of_picture(out).settings == result.job.recipe.settings

    def draw(self, random: Random) -> tuple[str | None, dict[str, Any]]:
        """Return a preset, or None, and settings that take little time if they are sound."""
        values: dict[str, Any] = {
            "backbone": "pocket",
            "threads": 1,
            "size": random.choice((16, 16, 17, 24)),
            "iterations": random.choice((1, 2, 3)),
        }
        for name in random.sample(list(SPECS), random.choice((0, 1, 2, 3, 5, 8))):
            junk = random.random() < 0.1
            value = random.choice(JUNK) if junk else self.sound(name, random)
            values[name] = str(value) if random.random() < 0.2 else value
        if "plan" in values:
            values.pop("iterations")
        preset = random.choice(list(PRESETS)) if random.random() < 0.1 else None
        return preset, values

    def sound(self, name: str, random: Random) -> Any:
        """Return a value that a setting may have; whether the others allow it is another matter."""
        spec, path = SPECS[name], str(random.choice(self.pictures))
        quick: dict[str, Callable[[], Any]] = {
            "size": lambda: random.choice((16, 20, 32, 32768)),
            "backbone": lambda: "pocket",
            "iterations": lambda: random.choice((1, 2, 3)),
            "plan": lambda: random.choice(("16:1", "16:2,20:1", "16:1,32:1", [[16, 1]], "32:1")),
            "threads": lambda: 1,
            "device": lambda: random.choice(("cpu", "cuda", "cuda:7", "mps", "meta", "tpu")),
            "memory": lambda: random.choice((0.25, 0.7, 1, 8, 1e6)),
            "tile": lambda: random.choice((0, 1, 8, 16, 32, 100, 32768)),
            "history": lambda: random.choice((1, 2, 10, 1000)),
            "init": lambda: random.choice((*spec.choices, path, "no such file")),
            "fine_style": lambda: path,
            "weights": lambda: random.choice((path, "no such file")),
            "content_mask": lambda: [path] * random.choice((1, 1, 2)),
            "style_mask": lambda: [path] * random.choice((1, 1, 2)),
            "style_scale": lambda: random.choice((0.05, 0.3, 1, 2.5, 20, "1,0.5")),
            "style_blend": lambda: random.choice(("1", "2,1", "0,1", "0,0", "1e300,1e300")),
        }
        if name in quick:
            return quick[name]()
        if spec.parse in (parsing.layers, parsing.losses):
            names = list(spec.choices or LAYERS)
            few = random.sample(names, random.choice((1, 1, 2, 3)))
            weights = [random.choice((0, 0.5, 1, 1, 1, 1e-300, 1e30)) for _ in few]
            return dict(zip(few, weights, strict=True))
        if spec.choices is not None:
            return random.choice(list(spec.choices))
        if spec.parse is parsing.flag:
            return random.random() < 0.5
        low, high = spec.low or 0, spec.high or 1e300
        number = random.choice(
            (
                low,
                high,
                1,
                min(high, low + random.random()),
                min(high, 10 ** random.uniform(-9, 12)),
            )
        )
        return int(number) if spec.parse is parsing.whole else number


def write_pictures(folder: Path) -> list[Path]:
    """Write small pictures of many shapes and kinds."""
    folder.mkdir(parents=True, exist_ok=True)
    found = {}
    for name, (width, height) in SIDES.items():
        found[name] = Image.fromarray(scene(width, height))
        found[f"{name}-strokes"] = Image.fromarray(strokes(width, height))
    found["black"] = Image.new("RGB", (24, 18))
    found["white"] = Image.new("L", (24, 18), 255)
    found["clear"] = Image.new("RGBA", (24, 18), (255, 0, 0, 0))
    found["half"] = Image.fromarray(scene(24, 18)).convert("RGBA")
    found["half"].putalpha(128)
    for name, picture in found.items():
        picture.save(folder / f"{name}.png")
    return [folder / f"{name}.png" for name in found]


def cases(folder: Path, seed: int) -> Case:
    """Return the part's cases."""
    return Drawn(folder, seed)
