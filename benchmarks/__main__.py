"""`python -m benchmarks`: measure, and write benchmarks/results; then `make docs`."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from benchmarks import convergence, machine, parts, report
from benchmarks.runner import Bench, Skip, say, write

ROOT = machine.ROOT


def main(arguments: list[str] | None = None) -> int:
    """Run the parts asked for; the exit code is 1 if one failed."""
    options = parser().parse_args(arguments)
    failed = False
    if not options.report:
        bench = Bench(
            options.out.resolve(),
            options.shared.resolve(),
            options.quick,
            options.threads,
            options.again,
            options.keep_baselines,
            options.before and options.before.resolve(),
        )
        bench.machine = bench.child("machine")
        if options.recipes:
            for name in convergence.EVALUATIONS:
                say(f"{name}: file's loss {convergence.recipe(bench, name)['file']:.5g}")
            return 0
        usual = [name for name in parts.PARTS if name != "before" or bench.before]
        failed = not run(bench, options.part or usual)
    text = report.page(options.out)
    options.page.write_text(text, encoding="utf-8")
    print(options.page)
    return int(failed)


def run(bench: Bench, names: list[str]) -> bool:
    """Run parts, and tell whether all went well; one that cannot run does not stop the others."""
    if machine.load() > 0.5:
        say("this machine is, or was lately, busy with something else: times may be too long")
    well = True
    for name in names:
        if not bench.again and bench.is_measured(name):
            found = bench.part(name) or {}
            changed = found["machine"].get("sources") != bench.machine.get("sources")
            note = ", with other sources of Impasto (--again measures anew)" if changed else ""
            say(f"{name}: measured already{note}")
            continue
        say(f"{name}: {parts.load(name).TITLE}")
        began = time.perf_counter()
        try:
            path = write(bench, name, parts.load(name).run(bench))
            say(f"{name}: {time.perf_counter() - began:.0f} s, {path.name}")
        except Skip as reason:
            say(f"{name}: not measured, {reason}")
            well = False
    return well


def parser() -> argparse.ArgumentParser:
    """Return the command line."""
    made = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    add = made.add_argument
    add("--quick", action="store_true", help="small sizes, for a first look")
    add("--part", nargs="+", action="extend", choices=list(parts.PARTS), help="only these parts")
    add("--recipes", action="store_true", help="only paint by others' recipes, for later parts: "
        "the one thing that a busy machine does as well")  # fmt: skip
    add("--shared", type=Path, default=ROOT / ".." / "shared", help="pictures")
    add("--out", type=Path, default=ROOT / "benchmarks" / "results", help="where results go")
    page = ROOT / "benchmarks" / "results" / "README.md"
    add("--page", type=Path, default=page, help="the page to write")
    add("--threads", type=int, help="processor threads; torch's choice if not given")
    add("--again", action="store_true", help="measure again what has been measured")
    add("--keep-baselines", action="store_true", help="with --again: but not what others' take")
    add("--before", type=Path, help="a checkout of an earlier Impasto, for the part of this name")
    add("--report", action="store_true", help="measure nothing, only rewrite the page")
    return made


if __name__ == "__main__":
    sys.exit(main())
