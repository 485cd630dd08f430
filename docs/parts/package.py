"""What pages take from the tables and docstrings of the package."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

from docs.parts.markdown import table

from impasto.backbones import BACKBONES
from impasto.normalization import NORMALIZATIONS
from impasto.settings import PRESETS, Settings

ROOT = Path(__file__).resolve().parents[2]


def normalization_weights() -> str:
    """Return the default weights of each normalization."""
    rows = [
        f"`{name}` {row.content_weight:g}, "
        f"{'β' if row.style_weight is None else f'{row.style_weight:g}'}, {row.tv_weight:g}"
        for name, row in NORMALIZATIONS.items()
    ]
    betas = [f"`{name}` {row.effort.style_weight:g}" for name, row in BACKBONES.items()]
    return (
        f"Default α, β and weight of total variation: {'; '.join(rows)}.\n"
        f"With `relative`, β is that of the network: {', '.join(betas)}.\n"
    )


def packages() -> str:
    """Return every package with the first sentence of its docstring."""
    rows = []
    for path in sorted((ROOT / "src" / "impasto").glob("*/__init__.py")):
        text = path.read_text(encoding="utf-8").removeprefix('"""')
        first = re.split(r'\.?"""|\.\s', text, maxsplit=1)[0]
        link = f"../{path.relative_to(ROOT).as_posix()}"
        rows.append(f"- [`{path.parent.name}`]({link}): {' '.join(first.split())}\n")
    return "".join(rows)


def layers() -> str:
    """Return who may import whom, as import-linter is told."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    (order,) = (contract["layers"] for contract in contracts if contract["type"] == "layers")
    return "```text\n" + "".join(f"{layer}\n" for layer in order) + "```\n"


def preset_table() -> str:
    """Return every preset: what it sets, where that is from, and where it must differ."""
    every = {name: preset_settings(row) for name, row in PRESETS.items()}
    counts = Counter(setting for values in every.values() for setting in values.items())
    everywhere = set.intersection(*map(set, every.values()))
    usual = {
        name: value
        for (name, value), count in counts.items()
        if count > len(every) / 2 and name in everywhere
    }
    text = f"Unless something else is said: {told(usual)}.\n"
    for name, row in PRESETS.items():
        own = {key: value for key, value in every[name].items() if usual.get(key) != value}
        weights = " or ".join(f"`{source}`" for source in row.weights) or "any"
        who = row.summary.partition(":")[0]
        text += (
            f"\n## {name}\n\n{who[0].upper()}{who[1:]}.\n\n"
            f"- **Sets:** {told(own)}. **Weights:** {weights}.\n"
            f"- **From:** {row.origin}.\n- **Differs:** {row.differs}.\n"
        )
    return text


def preset_settings(row: Any) -> dict[str, str]:
    """Return the settings of a preset as they would be typed."""
    set_to = dict(row.values)
    if row.plan is not None:
        set_to["plan"] = row.plan(set_to["size"])
    return {name: preset_value(name, value) for name, value in set_to.items()}


def told(values: dict[str, str]) -> str:
    """Return settings in a row."""
    return ", ".join(f"`{name}` {value}" for name, value in values.items())


def preset_value(setting: str, value: Any) -> str:
    """Return a preset's value as it would be typed."""
    if setting.endswith("layers"):
        return ",".join(n if weight == 1 else f"{n}:{weight:.3g}" for n, weight in value)
    if setting == "plan":
        return ",".join(f"{size}:{count}" for size, count in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def plans() -> str:
    """Return the plan of evaluations for two sizes, with what it costs."""
    rows = []
    for size in (512, 4096):
        levels = Settings(size=size).completed().plan
        cost = sum(evaluations * (side / size) ** 2 for side, evaluations in levels)
        counts = ", ".join(f"{side}: {evaluations}" for side, evaluations in levels)
        rows.append((f"{size} px", counts, f"{cost:.0f}"))
    return table(("result", "evaluations at each size", "cost, in evaluations at the last"), rows)
