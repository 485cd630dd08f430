"""What commands share: one option per setting, and how progress is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from impasto.parsing import flag, paths
from impasto.settings import KNOBS, Settings

Command = TypeVar("Command", bound=Callable[..., Any])


class GroupedCommand(click.Command):
    """A command whose help lists the settings under the headings of their groups."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options of each group under its heading."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None and isinstance(parameter, click.Option):
                this = KNOBS.get(parameter.name or "")
                groups.setdefault(this.group if this else "Files and display", []).append(record)
        for heading, records in groups.items():
            with formatter.section(heading):
                formatter.write_dl(records)


def settings_options(command: Command) -> Command:
    """Add one option per setting to a command."""
    for name, this in reversed(KNOBS.items()):
        default = Settings.__dataclass_fields__[name].default
        if isinstance(default, tuple):
            default = ",".join(f"{each:g}" for each in default) or None
        words = [this.help + (f": {', '.join(this.choices)}" if this.choices else "")]
        if default is not None and default is not False:
            words.append(f"[default: {default}]")
        option = click.option(
            "--" + name.replace("_", "-"),
            name,
            is_flag=this.parse is flag,
            multiple=this.parse is paths,
            default=None,
            metavar="" if this.parse is flag else (this.unit or this.parse.__name__).upper(),
            help=" ".join(words),
        )
        command = option(command)
    return command


def display_options(command: Command) -> Command:
    """Add ``--quiet`` and ``--json``."""
    quiet = click.option("--quiet", is_flag=True, help="Show no progress.")
    as_json = click.option("--json", "as_json", is_flag=True, help="One line per step on stdout.")
    return quiet(as_json(command))


def given(values: dict[str, Any]) -> dict[str, Any]:
    """Return the options that were given."""
    return {name: value for name, value in values.items() if value not in (None, ())}
