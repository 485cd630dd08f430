"""Rewrite what the documentation takes from the code and from the benchmarks: `make docs`.

    every page    what stands between ``<!-- generated: NAME -->`` and ``<!-- end -->``: see `PARTS`
    every page    the line numbers of links that quote the line they point to:
                  [`losses/content.py`, line 1](../src/impasto/losses/content.py#L1 "that line")

A quotation that is in no line, or in several, is an error, so such a link cannot go stale. A test
holds the pages to what this program writes.
"""

from __future__ import annotations

import importlib
import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

LINE_LINK = re.compile(
    r'\[`(?P<name>[^`]+)`, line \d+\]\((?P<path>[^)#\s]+)#L\d+ "(?P<code>[^"]+)"\)'
)
PART = re.compile(r"(<!-- generated: ([\w ]+) -->\n).*?(<!-- end -->)", re.DOTALL)

PARTS = {
    "commands": ("src/impasto/cli", "command_line:commands"),
    "extras": ("src/impasto/extras.py", "extras:extras"),
    "settings": ("src/impasto/settings/fields.py", "command_line:settings"),
    "presets": ("src/impasto/settings/presets.py", "package:preset_table"),
    "plans": ("src/impasto/pyramid.py", "package:plans"),
    "normalization weights": (
        "src/impasto/normalization.py",
        "package:normalization_weights",
    ),
    "packages": ("src/impasto", "package:packages"),
    "layers": ("pyproject.toml", "package:layers"),
    "numbers": ("benchmarks/results", "measurements:numbers"),
    "machine": ("benchmarks/results", "measurements:machine"),
    "goals": ("benchmarks/report.py", "measurements:goals"),
    "start": ("benchmarks/results/start.json", "measurements:start"),
    "busy": ("benchmarks/results/busy.json", "measurements:busy"),
    "before": ("benchmarks/results/before.json", "measurements:before"),
    "evaluation": ("benchmarks/results", "measurements:evaluation"),
    "torture": ("tests/torture/counts.json", "torture:counts"),
    "baselines": ("benchmarks/convergence.py", "measurements:baselines"),
    "gigapixel": ("benchmarks/gigapixel.py", "measurements:gigapixel"),
    "growth": ("benchmarks/results/scaling.json", "measurements:growth"),
    "steps": ("docs/measured.py", "findings:steps"),
    "early": ("docs/measured.py", "findings:early"),
    "sizes": ("docs/measured.py", "findings:sizes"),
}
"""By name: the file that a part is made from, and the function in ``docs.parts`` that writes it."""


class Stale(Exception):
    """A page says of the code what is no longer so."""


def main() -> None:
    """Write every page that is not current, and name it."""
    sys.path.insert(0, str(ROOT))  # for docs.parts and benchmarks
    for path, text in current().items():
        if path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(path.relative_to(ROOT))


def pages() -> list[Path]:
    """Return the Markdown files of the project."""
    inside = ("docs", "examples", "src", "training", "benchmarks", "tests")
    found = [path for folder in inside for path in (ROOT / folder).rglob("*.md")]
    return sorted([*ROOT.glob("*.md"), *found])


def current() -> dict[Path, str]:
    """Return what every page should say.

    Raises:
        SystemExit: If pages quote what no line, or no single line, says; all of them are named.
    """
    texts, stale = {}, []
    for path in pages():
        text, found = refresh(path.read_text(encoding="utf-8"), path)
        texts[path] = text
        stale += found
    if stale:
        raise SystemExit("\n".join(stale))
    return texts


def refresh(text: str, page: Path) -> tuple[str, list[str]]:
    """Return a page with its generated parts and line numbers made current, and what is stale."""
    stale: list[str] = []

    def link(found: re.Match[str]) -> str:
        try:
            return line_link(found, page.parent)
        except Stale as reason:
            stale.append(f"{page.relative_to(ROOT).as_posix()}: {reason}")
            return found[0]

    text = PART.sub(lambda found: f"{found[1]}{generated(found[2], page)}{found[3]}", text)
    return LINE_LINK.sub(link, text), stale


def generated(name: str, page: Path) -> str:
    """Return a generated part, which begins by saying so."""
    if name not in PARTS:
        raise SystemExit(f"{page}: there is no part {name!r}, only {', '.join(PARTS)}.")
    source, target = PARTS[name]
    module, _, function = target.partition(":")
    text = getattr(importlib.import_module(f"docs.parts.{module}"), function)()
    folder = os.path.relpath(ROOT, page.parent).replace(os.sep, "/")
    return f"\n*Written by `make docs` from [`{source}`]({folder}/{source}).*\n\n{text}\n"


def line_link(found: re.Match[str], folder: Path) -> str:
    """Return a link to the one line that holds the code it quotes.

    Raises:
        Stale: If there is no such line, or more than one.
    """
    path = Path(os.path.normpath(folder / found["path"]))
    if not path.is_file():
        raise Stale(f"quotes {found['code']!r} from {found['path']}, and there is no such file.")
    lines = path.read_text(encoding="utf-8").splitlines()
    numbers = [number for number, line in enumerate(lines, start=1) if found["code"] in line]
    if len(numbers) != 1:
        place = f"in lines {', '.join(map(str, numbers))}" if numbers else "in no line"
        where = path.relative_to(ROOT).as_posix()
        raise Stale(f"quotes {found['code']!r}, which is {place} of {where}: quote one line.")
    number, code = numbers[0], found["code"]
    return f'[`{found["name"]}`, line {number}]({found["path"]}#L{number} "{code}")'


if __name__ == "__main__":
    main()
