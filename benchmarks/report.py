"""Write benchmarks/results/README.md from the results: all tables of what was measured."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import convergence, parts, whole
from benchmarks.busy import WAYS, fair
from benchmarks.memory import same_size
from benchmarks.tables import mebibytes, number, ratio, table
from benchmarks.words import FRAME

Results = dict[str, dict[str, Any]]

NAMES = {"threads": "threads used", "memory GiB": "memory, GiB"}


def page(out: Path) -> str:
    """Return the page.

    Args:
        out: The folder of results; those in ``out/quick`` stand in for what is missing.
    """
    found = {name: part for name in parts.PARTS if (part := read(out, name)) is not None}
    text = FRAME.format(machine=machine(found), goals=goals(found))
    for name in parts.PARTS:
        module = parts.load(name)
        text += f"\n## {module.TITLE}\n\n"
        if name not in found:
            text += f"Not measured. `python -m benchmarks --part {name}` does it.\n"
            continue
        part = found[name]
        text += "From a quick run, at small sizes.\n\n" if part["quick"] else ""
        if part["machine"] != next(iter(found.values()))["machine"]:
            text += f"Measured apart: {brief(part['machine'])}.\n\n"
        text += module.page(part["results"])
    return text


def read(out: Path, name: str) -> dict[str, Any] | None:
    """Return a part's file, or its quick one, or None."""
    for path in (out / f"{name}.json", out / "quick" / f"{name}.json"):
        if path.is_file():
            return json.loads(path.read_text(encoding="utf-8"))
    return None


def machine(found: Results) -> str:
    """Return the table of the machine on which the first part was measured."""
    if not found:
        return "Not measured.\n"
    about = next(iter(found.values()))["machine"]
    rows = [
        (NAMES.get(key, key), ("no", "yes")[value] if isinstance(value, bool) else value)
        for key, value in about.items()
        if key not in ("versions", "sources")
    ]
    versions = ", ".join(f"{name} {version}" for name, version in about["versions"].items())
    return table(("what", "value"), [*rows, ("versions", versions)])


def brief(about: dict[str, Any]) -> str:
    """Return one line about a machine."""
    versions = ", ".join(f"{name} {version}" for name, version in about["versions"].items())
    return (
        f"{about['processor']}, {about['threads']} threads, {versions}, "
        f"sources {about.get('sources')}"
    )


def goals(found: Results) -> str:
    """Return what is aimed at, beside what was measured."""
    rows = [(what, goal, measured(found, part, value)) for what, goal, part, value in GOALS]
    return table(("what", "goal", "measured"), rows)


def measured(found: Results, part: str, value: Callable[[dict[str, Any]], str | None]) -> str:
    """Return one number of a part, or why it is not there."""
    if part not in found:
        return "not measured"
    text = value(found[part]["results"])
    if text is None:
        return "not measured"
    return f"{text} (quick run)" if found[part]["quick"] else text


def faster(what: str) -> Callable[[dict[str, Any]], str]:
    """Return a function that tells how much sooner Impasto is as good as classic."""

    def value(results: dict[str, Any]) -> str:
        found = convergence.soonest(results, what)
        if found is None:
            return "not reached"
        times, run = found
        return f"1/{number(times)}, {number(run['reached'][what], 's')} in {precision(run)}"

    return value


def precision(run: dict[str, Any]) -> str:
    """Return the precision of one of Impasto's runs."""
    return str(run["settings"]["precision"])


def command(backbone: str, what: str) -> Callable[[dict[str, Any]], str]:
    """Return a function that tells how long the default command takes with a network."""

    def value(results: dict[str, Any]) -> str:
        row = whole.row(results, backbone)
        return f"{number(row[what]['median'], 's')} in {row['precision']}"

    return value


def over_the_floor(backbone: str) -> Callable[[dict[str, Any]], str | None]:
    """Return a function that tells the ratios at 512 px, or the largest size measured below."""

    def value(results: dict[str, Any]) -> str | None:
        rows = [r for r in results["rows"] if r["backbone"] == backbone and r["size"] <= 512]
        largest = max((row["size"] for row in rows), default=0)
        return "; ".join(
            f"{ratio(r['ratio'])} in {r['precision']}" for r in rows if r["size"] == largest
        )

    return value


def forecasts(results: dict[str, Any]) -> str | None:
    """Return how right VGG-19's forecasts were."""
    first, later = whole.forecasts(whole.row(results, "vgg19"))
    return None if first == "-" else f"{first}; {later}"


def over_torch(results: dict[str, Any]) -> str:
    """Return how many times the import of torch the smallest painting takes."""
    smallest = results["impasto paint, 64 px, 1 evaluation"]["median"]
    return ratio(smallest / results["import torch"]["median"])


def over_fair_share(results: dict[str, Any]) -> str:
    """Return the least and the most of all networks and numbers of neighbors."""
    found = [
        row["wall"] / fair(results, row)
        for row in results["rows"]
        if row["neighbors"] and row["way"] == list(WAYS)[-1]
    ]
    return f"{ratio(min(found))} to {ratio(max(found))}"


def beside_classic(results: dict[str, Any]) -> str | None:
    """Return both peaks."""
    row = same_size(results)
    if row is None:
        return None
    return f"{mebibytes(row['peak'])} against {mebibytes(results['classic']['peak'])}"


GOALS: tuple[tuple[str, str, str, Callable[[dict[str, Any]], str | None]], ...] = (
    (
        "default command, 512 px, whole process",
        "≤ 20 s with AMX, 50 s with bfloat16 alone, 120 s in float32",
        "whole",
        command("vgg19", "seconds"),
    ),
    ("its first picture, 128 px, is finished after", "≤ 6 s", "whole", command("vgg19", "first")),
    ("the whole process with the pocket network", "≤ 20 s", "whole", command("pocket", "seconds")),
    (
        "a better file than classic's, 512 px",
        "1/100 of classic's time with AMX, 1/60 without",
        "baselines",
        faster("file"),
    ),
    (
        "classic's unclipped loss within 1 %, 512 px",
        "1/25 of classic's time",
        "baselines",
        faster("loss"),
    ),
    (
        "forecast of the default command's time, over the true one: at its first evaluation; later",
        "0.6 to 1.4; 0.8 to 1.2",
        "whole",
        forecasts,
    ),
    ("a painting of 64 px and one evaluation, over `import torch`", "≤ 1.3", "start", over_torch),
    (
        "an evaluation with VGG-19 at 512 px, over the floor",
        "≤ 1.5 in float32, 1.8 in bfloat16",
        "evaluation",
        over_the_floor("vgg19"),
    ),
    (
        "an evaluation with the pocket network at 512 px, likewise",
        "≤ 4 in bfloat16",
        "evaluation",
        over_the_floor("pocket"),
    ),
    (
        "an evaluation beside 2 or 8 busy processes, over its fair share",
        "≤ 1.3",
        "busy",
        over_fair_share,
    ),
    ("peak memory at 512 px, VGG-19", "below classic's", "memory", beside_classic),
    (
        "peak memory at 4096 x 3072, VGG-19",
        "≤ 6 GiB",
        "large",
        lambda results: f"{results['peak'] / 2**30:.2f} GiB",
    ),
    (
        "the same, cost per pixel over the untiled cost at 512 px",
        "≤ 2.5",
        "large",
        lambda results: number(results["cost_per_pixel"]),
    ),
    (
        "growth of evaluation time with pixels, tiled, pocket: exponent",
        "≤ 1.05",
        "scaling",
        lambda results: f"{results['exponent']:.3f}",
    ),
)
