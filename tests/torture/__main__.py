"""Run the suite: ``python -m tests.torture [PART ...] [--seed N] [--cases N | --case N]``."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from tests.torture.parts import PARTS, Tally, tried

COUNTS = Path(__file__).with_name("counts.json")
"""What the last whole run of each part has counted, for the documentation."""


def main() -> None:
    """Try all parts, or those that are named; exit with 1 if a case fails."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], metavar="PART")
    parser.add_argument("--seed", type=int, default=0, help="of all that is drawn")
    parser.add_argument("--cases", type=int, help="of each part, instead of the usual number")
    parser.add_argument("--case", type=int, help="only this case")
    parser.add_argument("--folder", type=Path, default=Path("runs/torture"), help="to write to")
    arguments = parser.parse_args()
    failed, whole = 0, arguments.case is None and arguments.cases is None
    for name in arguments.parts or PARTS:
        numbers = range(arguments.cases or PARTS[name].cases)
        if arguments.case is not None:
            numbers = range(arguments.case, arguments.case + 1)
        began = time.monotonic()
        tally = tried(name, arguments.folder, arguments.seed, numbers)
        failed += len(tally.failed)
        print(f"{name}: {tally}; {time.monotonic() - began:.0f} s", flush=True)
        if whole:
            keep(name, tally)
    sys.exit(1 if failed else 0)


def keep(name: str, tally: Tally) -> None:
    """Write what a part has counted beside what the others have."""
    counts = json.loads(COUNTS.read_text(encoding="utf-8")) if COUNTS.exists() else {}
    counts[name] = {
        "what": PARTS[name].what,
        "cases": tally.words.total(),
        "words": dict(sorted(tally.words.items())),
        "failed": len(tally.failed),
        "slowest": round(tally.slowest, 1),
        "growth_mib": round(tally.growth / 2**20),
    }
    ordered = {part: counts[part] for part in PARTS if part in counts}
    COUNTS.write_text(json.dumps(ordered, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
