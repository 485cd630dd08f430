"""docs/performance.md: what was measured, without the columns that few readers need."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import convergence, parts, report
from benchmarks.tables import mebibytes, number, ratio
from docs.parts.markdown import table

RESULTS = Path(__file__).resolve().parents[2] / "benchmarks" / "results"


def machine() -> str:
    """Return on which machine each of the benchmarks ran."""
    measured_on: dict[str, list[str]] = {}
    for name, file in found().items():
        measured_on.setdefault(described(file["machine"]), []).append(f"`{name}`")
    return "".join(f"- {', '.join(names)}: {where}\n" for where, names in measured_on.items())


def described(about: dict[str, Any]) -> str:
    """Return a sentence about a machine."""
    native = "with" if about["native bfloat16"] else "without"
    amx = ", with AMX" if about.get("AMX") else ""
    return f"{report.brief(about)}; {about['memory GiB']} GiB, {native} native bfloat16{amx}."


def found() -> report.Results:
    """Return what was measured, by the name of the benchmark."""
    return {name: file for name in parts.PARTS if (file := report.read(RESULTS, name))}


def goals() -> str:
    """Return what is aimed at, beside what was measured."""
    return report.goals(found())


def numbers() -> str:
    """Return what somebody wants to know first: how long a picture takes."""
    about = report.read(RESULTS, "whole")
    if about is None:
        raise SystemExit("README.md needs `python -m benchmarks --part whole`.")
    machine, found = about["machine"], about["results"]
    rows = []
    for row in found["rows"]:
        name, times = row["backbone"], (row["seconds"]["median"], row["first"]["median"])
        option = "" if name == "vgg19" else f" --backbone {name}"
        rows.append((f"`impasto paint{option}`", *(f"{time:.0f} s" for time in times)))
    first = f"a first picture, of {found['rows'][0]['first_size']} pixels, after"
    heads = ("command", "the file is there after", first)
    return (
        f"A picture of {found['size']} pixels on {machine['threads']} cores "
        f"({machine['processor']}, {found['rows'][0]['precision']}):\n\n{table(heads, rows)}"
    )


def start() -> str:
    """Return how long it takes until something happens."""
    rows = [f"`{name}` {number(times['median'], 's')}" for name, times in results("start").items()]
    return "; ".join(rows) + ".\n"


def busy() -> str:
    """Return how fast a painting is beside other programs."""
    return parts.load("busy").page(results("busy"))


def before() -> str:
    """Return how fast the same commands were, and are."""
    return parts.load("before").page(results("before"))


def evaluation() -> str:
    """Return how long an evaluation takes, and the peak memory of whole runs."""
    cells: dict[tuple[str, int], dict[str, str]] = {}
    for row in results("evaluation")["rows"]:
        cell = f"{number(row['seconds']['median'], 's')} ({ratio(row['ratio'])})"
        cells.setdefault((row["backbone"], row["size"]), {})[row["precision"]] = cell
    for row in results("memory")["rows"]:
        where = "tiles" if row["tile"] else "whole"
        cells.setdefault((row["backbone"], row["size"]), {})[where] = mebibytes(row.get("peak"))
    heads = ("network", "size", "float32", "bfloat16", "peak, whole", "peak, in tiles")
    columns = ("float32", "bfloat16", "whole", "tiles")
    rows = [(*key, *(cells[key].get(column, "-") for column in columns)) for key in sorted(cells)]
    return table(heads, rows)


def gigapixel() -> str:
    """Return what large pictures take by the forecast's constants."""
    from benchmarks.gigapixel import HEADINGS, rows

    return table(HEADINGS, rows())


def growth() -> str:
    """Return how the time of an evaluation grows with the size."""
    found = results("scaling")
    rows = [
        (
            f"{row['size']} px",
            number(row["seconds"]["median"], "s"),
            f"{row['seconds']['median'] / row['pixels'] * 1e6:.2f} µs",
        )
        for row in found["rows"]
    ]
    about = f"tiles of {found['tile']} pixels, {found['precision']}"
    return table(
        ("size", f"an evaluation of the pocket network, {about}", "for each pixel"), rows
    ) + (f"\nTime grew like the power {found['exponent']:.2f} of the number of pixels.\n")


def baselines() -> str:
    """Return when Impasto's pictures are as good as those of other recipes."""
    texts = [against(name) for name in ("baselines", "gatys2016") if name in found()]
    return "\n".join(texts) or "Not measured: `python -m benchmarks --part baselines` does it.\n"


def against(name: str) -> str:
    """Return the table of one recipe, without the columns that few readers need."""
    return columns(parts.load(name).page(results(name)), convergence.HEADS[:7])


def results(name: str) -> Any:
    """Return what a benchmark measured, at small sizes if nothing else is there.

    Raises:
        SystemExit: If it was not measured at all.
    """
    file = report.read(RESULTS, name)
    if file is None:
        raise SystemExit(f"docs/performance.md needs `python -m benchmarks --part {name}`.")
    return file["results"]


def columns(text: str, heads: Sequence[str]) -> str:
    """Return Markdown with the columns ``heads`` of its tables.

    Raises:
        SystemExit: If a table has not all of them.
    """
    kept: list[int] = []
    lines = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("|") and not kept:
            if missing := set(heads) - set(cells):
                raise SystemExit(f"a table of the benchmarks has no columns {sorted(missing)}.")
            kept = [index for index, cell in enumerate(cells) if cell in heads]
        if not line.startswith("|"):
            kept = []
        lines.append(f"| {' | '.join(cells[index] for index in kept)} |" if kept else line)
    return "\n".join(lines).strip() + "\n"
