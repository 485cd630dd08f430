"""`python -m benchmarks.networks`: one pair of pictures painted by every network that is here.

Each network paints the sample photograph and painting in a process of its own. The numbers go to
``networks.json`` and into the table of docs/models.md, the pictures side by side into docs/images.
Weights are those that were fetched or imported, and files in ``../shared/weights``.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.machine import ROOT
from benchmarks.runner import Bench, Skip, compact, say
from benchmarks.tables import mebibytes, number, table

PHOTOGRAPH, PAINTING = "cat", "swirls"
SIZE = 384
SHEET = ROOT / "docs" / "images" / "networks.jpg"
RESULT = ROOT / "benchmarks" / "results" / "networks.json"
PAGE = ROOT / "docs" / "models.md"
MARKED = re.compile(r"(<!-- measured: networks -->\n).*?(<!-- end -->)", re.DOTALL)
LAYERS = ("content_layers", "style_layers")
SHORT = " (a file that ends early)"


def main(arguments: list[str] | None = None) -> int:
    """Measure what is here, and rewrite picture and page."""
    options = parser().parse_args(arguments)
    bench = Bench(
        options.result.parent,
        options.shared.resolve(),
        threads=options.threads,
        again=options.again,
    )
    bench.machine = bench.child("machine")
    pictures = bench.partial / "networks"
    pictures.mkdir(parents=True, exist_ok=True)
    rows = measure(bench, options.size, pictures)
    found = {"machine": bench.machine, "size": options.size, "rows": rows}
    options.result.write_text(compact(json.dumps(found, indent=1, ensure_ascii=False)) + "\n")
    options.sheet.parent.mkdir(parents=True, exist_ok=True)
    painted = [pictures / f"{row['backbone']}.png" for row in rows if "seconds" in row]
    contact_sheet(painted, options.sheet)
    options.page.write_text(refresh(options.page.read_text(encoding="utf-8"), found))
    print(options.page)
    return 0


def measure(bench: Bench, size: int, pictures: Path) -> list[dict[str, Any]]:
    """Paint with every network; one without weights is a row without numbers."""
    from impasto.backbones import BACKBONES

    here = files(bench.shared / "weights")
    rows = []
    for name in BACKBONES:
        row: dict[str, Any] = {"backbone": name}
        if name in here:
            out = pictures / f"{name}.png"
            arguments = {"settings": {"size": size, **here[name]}, "out": str(out)}
            say(f"{name}: painting")
            try:
                row |= bench.child("networks", **arguments)
            except Skip as reason:
                say(f"{name}: {reason}")
        rows.append(row)
    return rows


def files(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the settings that each network needs whose weights are here."""
    from impasto.backbones import BACKBONES
    from impasto.backbones.weights import find, sources
    from impasto.backbones.weights.imported import check_file
    from impasto.errors import WeightsError

    found: dict[str, dict[str, Any]] = {}
    for name in BACKBONES:
        kept = find(name)
        if kept or not sources(name):
            found[name] = {"backbone": name} | deep_enough(name, kept)
    for path in sorted(folder.glob("*")):
        try:
            name = check_file(path).backbone if path.suffix in (".safetensors", ".pth") else ""
        except WeightsError:
            continue
        if name and name not in found:
            found[name] = {"backbone": name} | deep_enough(name, path)
    return found


def deep_enough(name: str, path: Path | None) -> dict[str, Any]:
    """Return the file, and the default layers that it reaches where it does not reach all."""
    from impasto.backbones import BACKBONES
    from impasto.backbones.weights.imported import check_file

    if path is None:
        return {}
    row = BACKBONES[name]
    held = row.layers[: row.layers.index(check_file(path, name).deepest) + 1]
    chosen: dict[str, Any] = {"weights": str(path)}
    style = [layer for layer, _ in row.style_layers if layer in held]
    if len(style) < len(row.style_layers):
        chosen["style_layers"] = ",".join(style)
    if any(layer not in held for layer, _ in row.content_layers):
        chosen["content_layers"] = held[-1]
    return chosen


def paint(settings: dict[str, Any], out: str) -> dict[str, Any]:
    """Paint in this process; return what it took."""
    from benchmarks.timing import peak_memory
    from impasto import samples, stylize

    began = time.process_time()  # not spoiled by what else the machine does
    painted = stylize(samples.photograph(PHOTOGRAPH), samples.painting(PAINTING), **settings)
    seconds = time.process_time() - began
    painted.save(out)
    used = painted.settings
    layers = {key: [layer for layer, _ in getattr(used, key)] for key in LAYERS}
    return {
        "precision": used.precision,
        **layers,
        "seconds": seconds,
        "peak": peak_memory(),
    }


def contact_sheet(paths: list[Path], out: Path) -> None:
    """Put pictures side by side, in the order of the table."""
    from PIL import Image

    pictures = [Image.open(path).convert("RGB") for path in paths]
    width, height = pictures[0].size
    columns = math.ceil(math.sqrt(len(pictures)))
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * (width + 4) - 4, rows * (height + 4) - 4), "white")
    for index, picture in enumerate(pictures):
        row, column = divmod(index, columns)
        sheet.paste(picture, (column * (width + 4), row * (height + 4)))
    sheet.save(out, quality=88)


def refresh(text: str, found: dict[str, Any]) -> str:
    """Return a page whose marked part shows what was found."""
    return MARKED.sub(lambda marks: f"{marks[1]}\n{section(found)}\n{marks[2]}", text)


def section(found: dict[str, Any]) -> str:
    """Return the table, and what it was measured on."""
    from impasto.backbones import BACKBONES

    measured = {row["backbone"]: row for row in found["rows"]}
    lines = []
    for name, architecture in BACKBONES.items():
        row = measured.get(name, {})
        defaults = {key: [each for each, _ in getattr(architecture, key)] for key in LAYERS}
        layers = {key: row.get(key, defaults[key]) for key in LAYERS}
        lines.append(
            (
                f"`{name}`" + SHORT * (layers != defaults),
                ", ".join(layers["content_layers"]),
                ", ".join(layers["style_layers"]),
                number(row["seconds"], "s") if "seconds" in row else "not measured",
                mebibytes(row["peak"]) if "seconds" in row else "not measured",
            )
        )
    heads = ("network", "content layer", "style layers", "processor time", "memory")
    about = found["machine"]
    precision = {row["precision"] for row in found["rows"] if "seconds" in row}
    words = (
        f"\n{found['size']} pixels, default settings, {' and '.join(sorted(precision))}, on "
        f"{about['threads']} thread{'s' * (about['threads'] > 1)} of {about['processor']}, torch "
        f"{about['versions']['torch']}; time and memory are those of the whole process.\n"
    )
    painted = [f"`{row['backbone']}`" for row in found["rows"] if "seconds" in row]
    return table(heads, lines) + words + f"\nPainted, row by row: {', '.join(painted)}.\n"


def parser() -> argparse.ArgumentParser:
    """Return the command line."""
    made = argparse.ArgumentParser(prog="python -m benchmarks.networks", description=__doc__)
    made.add_argument("--size", type=int, default=SIZE, help="long side in pixels")
    made.add_argument("--threads", type=int, help="processor threads")
    made.add_argument("--again", action="store_true", help="measure again what has been measured")
    made.add_argument("--shared", type=Path, default=ROOT / ".." / "shared", help="more weights")
    made.add_argument("--result", type=Path, default=RESULT, help="the file of results")
    made.add_argument("--sheet", type=Path, default=SHEET, help="the picture to write")
    made.add_argument("--page", type=Path, default=PAGE, help="the page with the table")
    return made


if __name__ == "__main__":
    sys.exit(main())
