"""Part: recipes and checkpoints with wrong fields, one at a time. None gets past its reader."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from impasto import images
from impasto.errors import UsageError
from impasto.job import Recipe, prepare
from impasto.run import run
from impasto.run.checkpoint_file import read_checkpoint
from impasto.settings import Settings
from tests.torture.originals import PAINTED, Photograph, originals_in
from tests.torture.readers import check_unit, quietly
from tests.torture.watched import Case, refusal

NOTHING = object()
"""The field is missing."""

HOSTILE: tuple[Any, ...] = (
    *(NOTHING, None, True, False, 0, 1, -1, 0.5, 2**31, 2**63, 10**400, 1e308, -1e308, 5e-324),
    *(float("nan"), float("inf"), float("-inf"), "", "x", "nan", "\0", "\x1b[2J\x1b]0;owned\x07"),
    *("a\nb", "\u202etxt.exe", "\ud800", "../../../../etc/passwd", "x" * 100_000, "é" * 5000),
    *([], [None], [[]], [1, 2, 3], ["x"] * 1000, {}, {"": None}, {"x": {"y": []}}, "NESTED"),
)

DEPTH = 100_000
"""Lists inside lists of the most nested value."""

Place = tuple[str | int, ...]


class Hostile:
    """Puts one hostile value into one place of a recipe or a checkpoint: the part's cases.

    The cases are all pairs of places and values, in an order of the seed; those of a number beyond
    them begin anew.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        originals = originals_in(folder)
        self.pair = Photograph(originals / "pair")
        self.recipe = json.loads((originals / "recipe" / "painted.json").read_text())
        self.recipe |= {"canvas": [24, 18], "plugins": [PLUGIN], "init": self.recipe["content"]}
        self.recipe |= {"content_masks": [self.recipe["content"]]}
        self.checkpoint = (originals / "checkpoint" / "lbfgsb.safetensors").read_bytes()
        header, _ = split(self.checkpoint)
        self.values = json.loads(header["__metadata__"]["impasto"])
        del self.values["recipe"]  # it is hostile by itself
        self.cases = [
            ("recipe", place, value) for place in places(self.recipe) for value in HOSTILE
        ]
        self.cases += [
            ("checkpoint", place, value) for place in places(self.values) for value in HOSTILE
        ]
        self.cases += [("header", place, value) for place in places(header) for value in HOSTILE]
        Random(f"hostile {seed}").shuffle(self.cases)
        settings = Settings(**PAINTED, history=2)
        self.job = prepare(str(self.pair.content), str(self.pair.style), settings)

    def __call__(self, case: int) -> str:
        """Try one hostile value in one place."""
        what, place, value = self.cases[case % len(self.cases)]
        try:
            {"recipe": self.try_recipe, "checkpoint": self.try_values, "header": self.try_header}[
                what
            ](place, value)
        except UsageError as error:
            refusal(error)
            return f"{what}: refused"
        return f"{what}: read"

    def try_recipe(self, place: Place, value: Any) -> None:
        """Look at a picture with such a recipe, and read it for `impasto repeat`."""
        text = dumped(changed(self.recipe, place, value))
        picture = self.folder / "hostile.png"
        images.write(picture, images.read(self.pair.content).rgb, settings=text)
        quietly(["info", str(picture)])
        quietly(["info", "--json", str(picture)])
        if place[:1] != ("plugins",):
            text = dumped({**json.loads(text), "plugins": []})
        Recipe.from_json(text)

    def try_values(self, place: Place, value: Any) -> None:
        """Go on from a checkpoint with such numbers."""
        header, tensors = split(self.checkpoint)
        old = json.loads(header["__metadata__"]["impasto"])
        values = {**changed(self.values, place, value), "recipe": old["recipe"]}
        header["__metadata__"]["impasto"] = dumped(values)
        self.go_on(header, tensors)

    def try_header(self, place: Place, value: Any) -> None:
        """Go on from a checkpoint whose file says such things of itself."""
        header, tensors = split(self.checkpoint)
        self.go_on(changed(header, place, value), tensors)

    def go_on(self, header: Any, tensors: bytes) -> None:
        """Read a checkpoint, and paint on."""
        path = self.folder / "hostile.safetensors"
        text = dumped(header).encode("utf-8", "surrogatepass")
        path.write_bytes(len(text).to_bytes(8, "little") + text + tensors)
        checkpoint = read_checkpoint(path)
        settings = checkpoint.adopt(Settings(**{**PAINTED, "plan": "16:4"}, history=2))
        job = prepare(str(self.pair.content), str(self.pair.style), settings, self.job)
        for result in run(job, checkpoint=checkpoint):
            check_unit(result.rgb)


PLUGIN = {
    "name": "skew",
    "path": "/nowhere/skew.py",
    "sha256": "0" * 64,
    "distribution": None,
    "rows": [["style_loss", "skew"]],
}


def split(checkpoint: bytes) -> tuple[dict[str, Any], bytes]:
    """Return the header of a safetensors file, and what follows it."""
    length = 8 + int.from_bytes(checkpoint[:8], "little")
    return json.loads(checkpoint[8:length]), checkpoint[length:]


def places(value: Any, above: Place = ()) -> Iterator[Place]:
    """Yield the way to every value inside of dictionaries and lists; of long lists, two."""
    if isinstance(value, dict):
        inside = list(value.items())
    elif isinstance(value, list):
        inside = list(enumerate(value))[:2]
    else:
        return
    for key, each in inside:
        yield (*above, key)
        yield from places(each, (*above, key))


def changed(values: Any, place: Place, value: Any) -> Any:
    """Return a copy with another value in one place."""
    copied = copy.deepcopy(values)
    *above, last = place
    inside = copied
    for key in above:
        inside = inside[key]
    if value is NOTHING:
        del inside[last]
    else:
        inside[last] = value
    return copied


def dumped(values: Any) -> str:
    """Return JSON; a value of "NESTED" becomes lists inside lists."""
    return json.dumps(values).replace('"NESTED"', "[" * DEPTH + "]" * DEPTH)


def cases(folder: Path, seed: int) -> Case:
    """Return the part's cases."""
    return Hostile(folder, seed)
