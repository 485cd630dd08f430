"""Paint the style samples: ``python -m artwork.paint [--only NAME] [-o DIRECTORY]``.

Each picture is one module with ``paint(canvas)``: a composition, and the technique that carries
it out. The same seed and width give the same picture.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from impasto.errors import import_row, look_up
from artwork.brush import WIDTH, Canvas
from artwork.fields import Array
from artwork.pigments import palette


@dataclass(frozen=True)
class Work:
    """How one painting comes about.

    Attributes:
        target: Its program, as ``"module:function"``.
        seed: Seed of all its chance.
        ground: Color of the primed canvas.
    """

    target: str
    seed: int
    ground: str


WORKS: dict[str, Work] = {
    "swirls": Work("artwork.swirls:paint", 1, "1a1f40"),
    "dots": Work("artwork.dots:paint", 1, "e8d9c0"),
    "facets": Work("artwork.facets:paint", 1, "7a6a4e"),
    "ink": Work("artwork.ink:paint", 1, "f6ead0"),
    "embers": Work("artwork.embers:paint", 1, "8a2a4a"),
    "woodcut": Work("artwork.woodcut:paint", 1, "f3e6c8"),
}


def render(name: str, width: int = WIDTH) -> Array:
    """Paint one of the works.

    Args:
        name: A row of ``WORKS``.
        width: Width of the picture in pixels; the composition does not depend on it.

    Returns:
        The picture, 8-bit sRGB (H, W, 3).

    Raises:
        UnknownName: If there is no such work.
    """
    work = look_up(WORKS, name, "painting")
    canvas = Canvas(np.random.default_rng(work.seed), width, palette(work.ground)[0])
    picture = import_row(work.target)(canvas)
    return np.asarray(np.rint(np.clip(picture, 0.0, 1.0) * 255.0), np.uint8)


def save(picture: Array, path: Path) -> None:
    """Write an 8-bit picture (H, W, 3) as a JPEG."""
    Image.fromarray(picture).save(path, quality=90, subsampling="4:2:0")


def main(arguments: Sequence[str] | None = None) -> None:
    """Paint the works that the command line asks for and print the path of each."""
    parser = argparse.ArgumentParser(prog="python -m artwork.paint", description=__doc__)
    parser.add_argument("--only", choices=WORKS, metavar="NAME", help="paint only this one")
    parser.add_argument(
        "-o", "--output", type=Path, default=Path(__file__).parent / "paintings", metavar="DIR"
    )
    options = parser.parse_args(arguments)
    options.output.mkdir(parents=True, exist_ok=True)
    for name in [options.only] if options.only else WORKS:
        path = options.output / f"{name}.jpg"
        save(render(name), path)
        print(path)


if __name__ == "__main__":
    main()
