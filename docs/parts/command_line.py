"""docs/cli.md: the commands and the settings, each said once."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import click
from docs.parts.markdown import number, table

from impasto.cli import CONTEXT, cli
from impasto.settings import SPECS, Settings, parsing

ELSEWHERE = {
    "backbone": "see [the networks](models.md)",
    "normalization": "see [the algorithm](algorithm.md#normalizations)",
}
"""Settings whose choices another page explains."""


def commands() -> str:
    """Return every command with what it takes, less what several take, which comes first."""
    several = shared()
    before = records(cli, click.Context(cli, info_name="impasto", **CONTEXT))
    text = "Options before the command:\n\n" + "".join(f"- {said(record)}\n" for record in before)
    for names in dict.fromkeys(map(tuple, several.values())):
        text += f"\nOptions of {', '.join(names)}:\n\n"
        text += "".join(f"- {said(r)}\n" for r, having in several.items() if tuple(having) == names)
    for name, command, context in walk():
        usage = " ".join([name, *command.collect_usage_pieces(context)])
        text += f"\n### {name}\n\n`{usage}`\n\n{first(command.help or '')}\n\n"
        own = [record for record in records(command, context) if record not in several]
        text += "".join(f"- {said(record)}\n" for record in own)
        steered = settings_of(command)
        text += f"- Settings: {steered}\n" if steered else ""
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def first(words: str) -> str:
    """Return the first paragraph."""
    return inspect.cleandoc(words).partition("\n\n")[0]


def said(record: tuple[str, str]) -> str:
    """Return an option with its help."""
    return f"`{record[0]}` {record[1]}"


def walk() -> Iterator[tuple[str, click.Command, click.Context]]:
    """Yield every command but ``impasto`` itself."""
    waiting: list[tuple[click.Command, click.Context | None, str]] = [(cli, None, "impasto")]
    while waiting:
        command, parent, name = waiting.pop(0)
        context = click.Context(command, parent, info_name=name, **CONTEXT)
        if parent is not None:
            yield context.command_path, command, context
        if isinstance(command, click.Group):
            below = sorted(command.commands.items())
            waiting[:0] = [(child, context, child_name) for child_name, child in below]


def records(command: click.Command, context: click.Context) -> list[tuple[str, str]]:
    """Return the options of a command that are no settings, each with its help."""
    own = [p for p in command.params if isinstance(p, click.Option) and not is_setting(p)]
    rows = [option.get_help_record(context) for option in own]
    return [(name, " ".join(words.split())) for name, words in filter(None, rows)]


def shared() -> dict[tuple[str, str], list[str]]:
    """Return the options that several commands have, with the names of these."""
    found: dict[tuple[str, str], list[str]] = {}
    for name, command, context in walk():
        for record in records(command, context):
            found.setdefault(record, []).append(name.removeprefix("impasto "))
    return {record: names for record, names in found.items() if len(names) > 1}


def is_setting(parameter: click.Parameter) -> bool:
    """Return whether a parameter is the option of a setting of pictures under its usual name."""
    name = parameter.name or ""
    return option_of(name) in parameter.opts and SPECS.get(name) is getattr(parameter, "this", ...)


def option_of(setting: str) -> str:
    """Return the option of a setting."""
    return f"--{setting.replace('_', '-')}"


def settings_of(command: click.Command) -> str:
    """Return which settings a command takes, in words."""
    names = {p.name for p in command.params if is_setting(p)}
    taken, others = [], []
    for name in SPECS:
        (taken if name in names else others).append(f"`{option_of(name)}`")
    if len(taken) <= len(others):
        return ", ".join(taken)
    return f"all but {', '.join(others)}" if others else "all"


def settings() -> str:
    """Return all settings by group, each with its default, choices and range."""
    defaults, groups = Settings().completed(), dict[str, list[tuple[str, str]]]()
    for name, this in SPECS.items():
        default = "" if name == "plan" else shown(getattr(defaults, name))
        words = this.help + allowed(name, this)
        row = (f"`{option_of(name)} {default}".strip() + "`", words)
        groups.setdefault(this.group, []).append(row)
    rows = [row for group, rows in groups.items() for row in [(f"**{group}**", ""), *rows]]
    return table(("option", "what it is"), rows)


def allowed(name: str, this: Any) -> str:
    """Return the values that a setting may have, to be set behind its help."""
    if this.choices and name in ELSEWHERE:
        names = ", ".join(f"`{choice}`" for choice in this.choices)
        return f": {names}; {ELSEWHERE[name]}"
    if this.choices:
        return ":" + "".join(
            f"<br>`{choice}` {getattr(row, 'summary', row)}" for choice, row in this.choices.items()
        )
    if this.parse is parsing.flag or this.low is None:
        return ""
    low, unit = number(this.low), this.unit and f" {this.unit}"
    if this.high is None or this.high >= 10**6:
        return f" ({low}{unit} or more)" if this.low > 1 or unit else ""
    return f" ({low} to {number(this.high)}{unit})"


def shown(value: Any) -> str:
    """Return a default as it would be typed, or nothing."""
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, tuple):
        return ",".join(number(part) if isinstance(part, float) else named(*part) for part in value)
    return number(value) if isinstance(value, int | float) else str(value)


def named(name: str, weight: float) -> str:
    """Return a layer or a loss with its weight, if that is not 1."""
    return name if weight == 1 else f"{name}:{weight:g}"
