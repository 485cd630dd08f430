"""The pocket network beside VGG-19, in pictures and as a preview. `python -m training.beside -h`.

Pairs of the package's own samples are painted by both with the same settings. As far as a preview
is good, the two results have changed the photograph in the same way: `preview` is the correlation
of what they have changed in VGG-19's Gram matrices (the photograph's taken off), entry by entry.
As a coarse stage, the pocket network paints the small sizes and VGG-19 the last one.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

import impasto
from impasto.job import make_inputs, make_objective, prepare
from impasto.run import Result
from impasto.samples import painting, photograph
from impasto.settings import Settings
from impasto.statistics import gram

PAIRS = (
    ("cat", "swirls"),
    ("coffee", "facets"),
    ("astronaut", "embers"),
    ("rocket", "dots"),
    ("cat", "woodcut"),
    ("coffee", "ink"),
)
LAYERS = {"style_layers": "relu1_1,relu2_1,relu3_1", "content_layers": "relu3_3"}
"""As deep as the weights of VGG-19 reach that were at hand."""


def paint(pair: tuple[str, str], **settings: object) -> Result:
    """Paint a pair of samples with the layers that both networks have."""
    return impasto.stylize(photograph(pair[0]), painting(pair[1]), **LAYERS, **settings)


def judge(pair: tuple[str, str], weights: Path, size: int, results: list[Result]) -> dict:
    """Return the losses of two results under VGG-19, in float32, and how alike they are."""
    settings = Settings(
        backbone="vgg19", weights=str(weights), size=size, precision="float32", **LAYERS
    )
    job = prepare(photograph(pair[0]), painting(pair[1]), settings)
    inputs = make_inputs(job, size)
    objective = make_objective(job, inputs)
    images = [job.sizes.pad(tensor(result).to(inputs.content)) for result in results]
    changes = {
        layer: [
            grams(job.backbone, image, layer) - grams(job.backbone, inputs.content, layer)
            for image in images
        ]
        for layer, _ in job.settings.style_layers
    }
    preview = {
        layer: round(float(torch.corrcoef(torch.stack([c.flatten() for c in both]))[0, 1]), 4)
        for layer, both in changes.items()
    }
    return {"losses": [objective(image).total for image in images], "preview": preview}


def tensor(result: Result) -> Tensor:
    """Return a picture as a tensor (1, 3, H, W)."""
    return torch.from_numpy(result.rgb).permute(2, 0, 1)[None].contiguous()


@torch.no_grad()
def grams(network: torch.nn.Module, image: Tensor, layer: str) -> Tensor:
    """Return the Gram matrix of a picture at one layer, relative to its size."""
    return gram(network(image, [layer])[layer]).mean


def compare(pair: tuple[str, str], weights: Path, size: int) -> tuple[dict, list[Result]]:
    """Paint a pair with VGG-19, with the pocket network, and with one after the other."""
    vgg = {"backbone": "vgg19", "weights": str(weights)}
    results = [paint(pair, size=size, **vgg), paint(pair, size=size)]
    plan = results[0].settings.plan
    with tempfile.TemporaryDirectory() as folder:
        start = Path(folder) / "start.png"
        coarse = paint(pair, size=size, plan=plan[:-1])
        coarse.save(start)
        both = paint(pair, size=size, plan=plan[-1:], init=str(start), **vgg)
    found = judge(pair, weights, size, [*results[:2]])
    found["losses"].append(judge(pair, weights, size, [both, both])["losses"][0])
    seconds = [sum(result.seconds.values()) for result in (*results, both)]
    seconds[2] += sum(coarse.seconds.values())
    names = ("vgg19", "pocket", "pocket, then vgg19")
    return {
        "loss": dict(zip(names, (round(x, 4) for x in found["losses"]), strict=True)),
        "seconds": dict(zip(names, (round(x, 2) for x in seconds), strict=True)),
        "preview": found["preview"],
    }, [*results, both]


def sheet(rows: list[tuple[tuple[str, str], list[Result]]], side: int) -> Image.Image:
    """Return a row per pair: photograph, painting, and the results."""
    head, columns = 28, ("photograph", "painting", "VGG-19", "pocket", "pocket, then VGG-19")
    page = Image.new("RGB", (len(columns) * side, head + len(rows) * side), "white")
    draw = ImageDraw.Draw(page)
    for column, title in enumerate(columns):
        draw.text((column * side + 6, 4), title, "black", ImageFont.load_default(17))
    for row, (pair, results) in enumerate(rows):
        inputs = [Image.open(photograph(pair[0])), Image.open(painting(pair[1]))]
        for column, picture in enumerate([*inputs, *(result.image for result in results)]):
            small = picture.convert("RGB")
            small.thumbnail((side - 4, side - 4), Image.Resampling.LANCZOS)
            page.paste(small, (column * side + 2, head + row * side + 2))
    return page


def main() -> None:
    """Paint all pairs; write the sheet and print the numbers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, default=Path("../shared/weights"))
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--out", type=Path, default=Path("docs/images/pocket-beside-vgg.jpg"))
    parser.add_argument("--report", type=Path, help="a JSON file to bring up to date")
    options = parser.parse_args()
    file = options.weights / "vgg19_conv1_1-conv3_4.safetensors"
    report, rows = {}, []
    for pair in PAIRS:
        report["+".join(pair)], results = compare(pair, file, options.size)
        rows.append((pair, results))
        print("+".join(pair), json.dumps(report["+".join(pair)]), flush=True)
    sheet(rows, 256).save(options.out, quality=88)
    if options.report:
        old = json.loads(options.report.read_text()) if options.report.exists() else {}
        options.report.write_text(json.dumps(old | {"beside": report}, indent=1) + "\n")


if __name__ == "__main__":
    main()
