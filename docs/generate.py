"""Rewrite what the documentation takes from the code: `make docs`.

    docs/cli.md   the whole page, from the help texts and tables of the program
    every page    what stands between ``<!-- generated: NAME -->`` and ``<!-- end -->``
    every page    the line numbers of links that quote the line they point to:
                  [`losses.py`, line 1](../src/impasto/losses/content.py#L1 "code of that line")

A quotation that is in no line, or in several, is an error, so such a link cannot go stale: change
the sentence around it. A test holds the pages to what this program writes.
"""

from __future__ import annotations

import os
import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from impasto import backbones
from impasto import registry as tables
from impasto.cli import cli
from impasto.losses import normalization
from impasto.pyramid import plan
from impasto.settings import presets
from impasto.settings.parsing import flag
from impasto.settings.settings import ITERATIONS, KNOBS, Settings

ROOT = Path(__file__).resolve().parent.parent
CLI = ROOT / "docs" / "cli.md"
WIDTH = 80
"""Columns of the help texts, whatever the terminal has."""

LINE_LINK = re.compile(
    r'\[`(?P<name>[^`]+)`, line \d+\]\((?P<path>[^)#\s]+)#L\d+ "(?P<code>[^"]+)"\)'
)
PART = re.compile(r"(<!-- generated: ([\w ]+) -->\n).*?(<!-- end -->)", re.DOTALL)

CLI_PAGE = """\
# The command line

This page is written by `make docs` from the program itself.

{commands}
## Settings

Each setting is an option of `impasto paint`, a field of `impasto.Settings`, and a keyword of
`impasto.stylize`: `--style-weight 200` is `style_weight=200`. Lists are separated by commas.
A dash means that the machine, or nothing, decides; what was decided is kept in the picture.

{settings}
## Choices

{choices}
## What a run leaves behind

The path of the picture is printed to standard output, everything else to standard error; with
`--json` standard output has one line for each evaluation, and the path goes to standard error.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | failed: one sentence says why |
| 2 | bad input, found before the work began: one sentence says what and how to mend it |
| 130 | interrupted with Ctrl-C: the picture so far, or all finished cells, are kept |
| 143 | terminated: likewise |

| variable | meaning |
|---|---|
| `IMPASTO_CACHE` | the folder for fetched weights, in place of the user's cache |
| `IMPASTO_DEBUG` | if set, an internal error shows where it happened |
| `IMPASTO_FUSED` | if `0`, only torch's public operators compute: slower, for when others fail |
"""


def main() -> None:
    """Write every page that is not current, and name it."""
    for path, text in current().items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(path.relative_to(ROOT))


def pages() -> list[Path]:
    """Return the Markdown files of the project."""
    inside = ("docs", "examples", "src", "training", "benchmarks", "tests")
    found = [path for folder in inside for path in (ROOT / folder).rglob("*.md")]
    return sorted([*ROOT.glob("*.md"), *found])


def current() -> dict[Path, str]:
    """Return what every page should say."""
    texts = {path: path.read_text(encoding="utf-8") for path in pages()}
    texts[CLI] = cli_page()
    return {path: refresh(text, path.parent) for path, text in texts.items()}


def refresh(text: str, folder: Path) -> str:
    """Return a page in ``folder`` with its generated parts and line numbers made current."""
    text = PART.sub(lambda found: f"{found[1]}\n{PARTS[found[2]]()}\n{found[3]}", text)
    return LINE_LINK.sub(lambda found: line_link(found, folder), text)


def line_link(found: re.Match[str], folder: Path) -> str:
    """Return a link to the one line that holds the code it quotes."""
    path = os.path.normpath(folder / found["path"])
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    numbers = [number for number, line in enumerate(lines, start=1) if found["code"] in line]
    if len(numbers) != 1:
        place = f"in line {', '.join(map(str, numbers))}" if numbers else "in no line"
        raise SystemExit(f"{found['code']!r} is {place} of {path}: quote one line.")
    number, code = numbers[0], found["code"]
    return f'[`{found["name"]}`, line {number}]({found["path"]}#L{number} "{code}")'


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)


def cli_page() -> str:
    """Return the page about the command line."""
    commands = "".join(f"## {name}\n\n```text\n{text}\n```\n\n" for name, text in helps())
    return CLI_PAGE.format(
        commands=commands.rstrip() + "\n", settings=settings_table(), choices=choices()
    )


def helps() -> Iterator[tuple[str, str]]:
    """Yield every command with its help text."""
    waiting: list[tuple[click.Command, click.Context | None, str]] = [(cli, None, "impasto")]
    while waiting:
        command, parent, name = waiting.pop(0)
        context = click.Context(
            command, parent, info_name=name, terminal_width=WIDTH, **command.context_settings
        )
        yield context.command_path, command.get_help(context)
        if isinstance(command, click.Group):
            below = sorted(command.commands.items())
            waiting[:0] = [(child, context, child_name) for child_name, child in below]


def settings_table() -> str:
    """Return all settings with their defaults, ranges and meaning."""
    defaults = Settings().with_defaults()
    rows = []
    for name, this in KNOBS.items():
        default = "chosen" if name == "plan" else shown(getattr(defaults, name))
        rows.append((f"`{name}`", default, f"{span(this)} {this.unit}".strip(), this.help))
    return table(("setting", "default", "range", "what it is"), rows)


def shown(value: Any) -> str:
    """Return a default as it would be typed, or a dash."""
    if value is None or value == ():
        return "-"
    if isinstance(value, tuple) and isinstance(value[0], float):
        return f"`{','.join(map(number, value))}`"
    if isinstance(value, tuple):
        return ", ".join(f"`{layer}:{weight:g}`" for layer, weight in value)
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{number(value)}`" if isinstance(value, int | float) else f"`{value}`"


def number(value: float) -> str:
    """Return a number without needless digits."""
    return str(value) if isinstance(value, int) else f"{value:g}"


def span(this: Any) -> str:
    """Return the values that a setting may have."""
    if this.parse is flag:
        return "true or false"
    if this.choices:
        return ", ".join(this.choices)
    if this.low is None:
        return "-"
    endless = this.high is None or this.high > 2**32
    low = number(this.low)
    return f"{low} or more" if endless else f"{low} to {number(this.high)}"


def choices() -> str:
    """Return every name that can be chosen, with its meaning."""
    listed = {
        "backbone": {name: row.summary for name, row in backbones.BACKBONES.items()},
        "normalization": {n: row.summary for n, row in normalization.NORMALIZATIONS.items()},
        "init": {name: row.summary for name, row in tables.INITIALIZERS.items()},
        "optimizer": {name: row.summary for name, row in tables.OPTIMIZERS.items()},
        "style_loss": {name: row.summary for name, row in tables.STYLE_LOSSES.items()},
        "pooling": backbones.POOLINGS,
        "rescale": backbones.RESCALINGS,
        "tv": {name: row.summary for name, row in tables.VARIATIONS.items()},
        "preset": {name: row.summary for name, row in presets.PRESETS.items()},
        "color": tables.COLORS,
        "color_match": {name: row.summary for name, row in tables.COLOR_MATCHES.items()},
        "mask_spread": {name: row.summary for name, row in tables.SPREADS.items()},
        "finish": {name: row.summary for name, row in tables.FINISHES.items()},
        "precision": tables.PRECISIONS,
    }
    rows = [(f"`{s}`", f"`{n}`", text) for s, names in listed.items() for n, text in names.items()]
    return table(("setting", "choice", "meaning"), rows)


def normalization_weights() -> str:
    """Return the default weights of each normalization."""
    rows = [
        (f"`{name}`", f"{row.content_weight:g}", f"{row.style_weight:g}", f"{row.tv_weight:g}",
         row.tv)
        for name, row in normalization.NORMALIZATIONS.items()
    ]  # fmt: skip
    return table(("name", "α", "β", "weight of total variation", "its kind"), rows)


def plans() -> str:
    """Return the plan of evaluations for two sizes, with what each level costs."""
    rows: list[Sequence[object]] = []
    for size in (512, 4096):
        levels = plan(size, ITERATIONS)
        costs = [level.evaluations * (level.size / size) ** 2 for level in levels]
        for level, cost in zip(levels, costs, strict=True):
            rows.append((f"{size} px", f"{level.size} px", level.evaluations, f"{cost:.1f}"))
        rows.append(
            (f"{size} px", "all", sum(lv.evaluations for lv in levels), f"{sum(costs):.1f}")
        )
    return table(("result", "level", "evaluations", "cost"), rows)


def modules() -> str:
    """Return every module of the package with the first sentence of its docstring."""
    package = ROOT / "src" / "impasto"
    rows = []
    for path in sorted(package.rglob("*.py"), key=lambda path: (path.parent, path.name)):
        found = re.match(r'"""(.*?)(?:[.:;]? *\n|[.:;]?"""|\. )', path.read_text(encoding="utf-8"))
        name = path.relative_to(package).as_posix()
        if found and path.parent.name != "samples":
            link = os.path.relpath(path, ROOT / "docs").replace(os.sep, "/")
            rows.append((f"[`{name}`]({link})", found[1].replace("|", "\\|")))
    return table(("module", "what it is"), rows)


def layers() -> str:
    """Return who may import whom, as import-linter is told."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    (order,) = (contract["layers"] for contract in contracts if contract["type"] == "layers")
    return "```text\n" + "".join(f"{layer}\n" for layer in order) + "```\n"


def preset_table() -> str:
    """Return every preset: what it sets, where that is from, and where it must differ."""
    parts = []
    for name, row in presets.PRESETS.items():
        set_to = dict(row.values)
        if row.plan is not None:
            set_to["plan"] = row.plan(set_to["size"])
        weights = " or ".join(f"`{source}`" for source in row.weights) or "any"
        told = ", ".join(f"`{key}` {preset_value(key, value)}" for key, value in set_to.items())
        parts.append(
            f"## {name}\n\n{row.summary}.\n\n- **Settings:** {told}\n- **Weights:** {weights}\n"
            f"- **From:** {row.origin}.\n- **Differs:** {row.differs}.\n"
        )
    return "\n" + "\n".join(parts)


def preset_value(setting: str, value: Any) -> str:
    """Return a preset's value as it would be typed."""
    if setting.endswith("layers"):
        return ",".join(n if weight == 1 else f"{n}:{weight:.3g}" for n, weight in value)
    if setting == "plan":
        return ",".join(f"{size}:{count}" for size, count in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


PARTS: dict[str, Callable[[], str]] = {
    "presets": preset_table,
    "plans": plans,
    "normalization weights": normalization_weights,
    "modules": modules,
    "layers": layers,
}

if __name__ == "__main__":
    sys.exit(main())
