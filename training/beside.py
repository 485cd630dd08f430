"""The pocket network beside what it was, and beside VGG-19. `python -m training.beside -h`.

Pairs of the package's own samples are painted by each with its default settings; below each
painting stands a part of it, enlarged three times, pixel by pixel. As a coarse stage, the pocket
network paints the small sizes and VGG-19 the last one.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

import impasto
from impasto.job import make_inputs, make_objective, prepare
from impasto.run import Result
from impasto.samples import painting, photograph
from impasto.settings import Settings
from training.judge import read

Middles = dict[tuple[str, str], tuple[float, float]]

SHEETS: dict[str, Middles] = {
    "pocket-portraits": {("astronaut", style): (0.45, 0.25) for style in ("embers", "dots", "ink")},
    "pocket-beside-vgg": {
        ("cat", "swirls"): (0.62, 0.45),
        ("cat", "woodcut"): (0.62, 0.45),
        ("coffee", "facets"): (0.5, 0.5),
        ("coffee", "swirls"): (0.5, 0.5),
        ("rocket", "embers"): (0.5, 0.3),
    },
}
"""Photographs and paintings, and the middle of the part that is enlarged, as shares."""

NETWORKS: dict[str, dict[str, Any]] = {
    "pocket of 0.1.0": {"backbone": "pocket", "weights": "training/pocket-0.1.0.safetensors"},
    "pocket": {"backbone": "pocket"},
    "VGG-19": {"backbone": "vgg19"},
}
ENLARGED = 3


def paint(pair: tuple[str, str], out: Path, **settings: object) -> Path:
    """Paint a pair of samples into a file, unless that is there."""
    if not out.exists():
        out.parent.mkdir(parents=True, exist_ok=True)
        result(pair, **settings).save(out)
    return out


def result(pair: tuple[str, str], **settings: object) -> Result:
    """Paint a pair of samples."""
    same = {"threads": 1, "precision": "float32", **settings}
    return impasto.stylize(photograph(pair[0]), painting(pair[1]), **same)


def sheet(middles: Middles, size: int, cache: Path) -> Image.Image:
    """Return two rows per pair: the paintings, and parts of them enlarged."""
    head, rows = 24, []
    for pair, middle in middles.items():
        paths = [
            paint(
                pair,
                cache / name.replace(" ", "-") / f"{'-'.join(pair)}-{size}-float32.png",
                size=size,
                **network,
            )
            for name, network in NETWORKS.items()
        ]
        pictures = [Image.open(path).convert("RGB") for path in paths]
        rows += [pictures, [enlarged(picture, middle) for picture in pictures]]
    side = max(picture.width for row in rows for picture in row) + 4
    heights = [max(picture.height for picture in row) + 4 for row in rows]
    page = Image.new("RGB", (side * len(NETWORKS), head + sum(heights)), "white")
    draw = ImageDraw.Draw(page)
    for column, title in enumerate(NETWORKS):
        draw.text((column * side + 4, 3), title, "black", ImageFont.load_default(15))
    for index, row in enumerate(rows):
        for column, picture in enumerate(row):
            page.paste(picture, (column * side, head + sum(heights[:index])))
    return page


def enlarged(picture: Image.Image, middle: tuple[float, float]) -> Image.Image:
    """Return a part of a picture, pixel by pixel, as wide as the whole and half as high."""
    width, height = picture.width // ENLARGED, picture.width // ENLARGED // 2
    left = round(min(max(middle[0] * picture.width - width / 2, 0), picture.width - width))
    top = round(min(max(middle[1] * picture.height - height / 2, 0), picture.height - height))
    part = picture.crop((left, top, left + width, top + height))
    return part.resize((width * ENLARGED, height * ENLARGED), Image.Resampling.NEAREST)


def coarse_stage(pair: tuple[str, str], size: int) -> dict[str, Any]:
    """Return VGG-19's losses and the seconds, with its own coarse sizes and with the pocket's."""
    alone = result(pair, size=size, backbone="vgg19")
    plan = alone.settings.plan
    with tempfile.TemporaryDirectory() as folder:
        start, ends = Path(folder) / "start.png", [Path(folder) / name for name in ("a", "b")]
        coarse = result(pair, size=size, backbone="pocket", plan=plan[:-1])
        coarse.save(start)
        finished = result(pair, size=size, backbone="vgg19", plan=plan[-1:], init=str(start))
        settings = Settings(size=size, backbone="vgg19", precision="float32", threads=1)
        job = prepare(photograph(pair[0]), painting(pair[1]), settings)
        objective = make_objective(job, make_inputs(job, size))
        losses = []
        for painted, end in zip((alone, finished), ends, strict=True):
            painted.save(end.with_suffix(".png"))
            losses.append(round(objective(job.sizes.pad(read(end.with_suffix(".png")))).total, 4))
    seconds = [sum(one.seconds.values()) for one in (alone, coarse, finished)]
    return {
        "loss": {"vgg19": losses[0], "pocket, then vgg19": losses[1]},
        "seconds": {
            "vgg19": round(seconds[0], 1),
            "pocket, then vgg19": round(seconds[1] + seconds[2], 1),
        },
    }


def main() -> None:
    """Paint all pairs, write the sheets; with a report, measure the coarse stage."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--cache", type=Path, default=Path("../train-runs/beside"))
    parser.add_argument("--out", type=Path, default=Path("docs/images"))
    parser.add_argument("--report", type=Path, help="a JSON file to bring up to date")
    options = parser.parse_args()
    for name, middles in SHEETS.items():
        sheet(middles, options.size, options.cache).save(options.out / f"{name}.jpg", quality=62)
    if options.report:
        old = json.loads(options.report.read_text()) if options.report.exists() else {}
        found = {"coarse_stage": coarse_stage(("cat", "swirls"), options.size)}
        options.report.write_text(json.dumps(old | found, indent=1) + "\n")


if __name__ == "__main__":
    main()
