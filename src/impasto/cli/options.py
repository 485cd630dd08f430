"""What commands share: one option per setting, and how progress is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from impasto.settings import (
    CLIP_SPECS,
    LOOKS,
    PRESETS,
    SOUND_SPECS,
    SPECS,
    ClipSettings,
    Settings,
    SettingSpec,
    SoundSettings,
    parsing,
)

if TYPE_CHECKING:
    from impasto.run import Outputs

Command = TypeVar("Command", bound=Callable[..., Any])


class GroupedCommand(click.Command):
    """A command whose help lists the settings under the headings of their groups."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options of each group under its heading."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None and isinstance(parameter, click.Option):
                group = "Files and display"
                if isinstance(parameter, SettingOption):
                    group = parameter.this.group
                groups.setdefault(group, []).append(record)
        for heading, records in groups.items():
            with formatter.section(heading):
                formatter.write_dl(records)


class PaintCommand(GroupedCommand):
    """A command that notes which picture stands right after the value of a mask.

    A mask takes one file: who writes two behind it has given the second as content or style.
    """

    AFTER_MASKS = "impasto.after_masks"
    """Where the notes are in the context."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Note them, and parse."""
        ctx.meta[self.AFTER_MASKS] = [
            f"note: '{after}' stands right after {option} {mask}, which takes one file: it counts "
            f"as content or style; for another mask, write {option} {after}."
            for option, mask, after in zip(args, args[1:], args[2:], strict=False)
            if option in ("--content-mask", "--style-mask") and not after.startswith("-")
        ]
        return super().parse_args(ctx, args)


class SettingOption(click.Option):
    """An option whose help lists the choices that there are by the time it is asked for."""

    def __init__(
        self, *declarations: Any, this: SettingSpec, usual: object, **attributes: Any
    ) -> None:
        """Keep what is known of the setting, and what the command takes where it is not given."""
        super().__init__(*declarations, **attributes)
        self.this, self.usual = this, usual

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option and its help, with choices and default."""
        from impasto.plugins import load_installed

        load_installed()
        choices = f": {', '.join(self.this.choices)}" if self.this.choices else ""
        words = [self.this.help + choices]
        if self.usual is not None and self.usual is not False and self.usual != ():
            words.append(f"[default: {shown(self.usual)}]")
        self.help = " ".join(words)
        return super().get_help_record(ctx)


def settings_options(command: Command) -> Command:
    """Add one option per setting to a command."""
    return settings_options_where({})(command)


def settings_options_where(
    defaults: Mapping[str, object], without: Sequence[str] = ()
) -> Callable[[Command], Command]:
    """Return a decorator that adds one option per setting, except for some.

    Args:
        defaults: What the command takes where an option is not given, if that is not usual.
        without: The settings that the command has no option for.
    """

    def decorate(command: Command) -> Command:
        for name in reversed([name for name in SPECS if name not in without]):
            usual = Settings.__dataclass_fields__[name].default
            command = setting_option(name, SPECS[name], defaults.get(name, usual))(command)
        return command

    return decorate


def clip_options(command: Command) -> Command:
    """Add one option per setting of a clip; what are words of Python have other names there."""
    names = {"start": "from", "end": "to"}
    for name in reversed(CLIP_SPECS):
        usual = ClipSettings.__dataclass_fields__[name].default
        command = setting_option(name, CLIP_SPECS[name], usual, names.get(name))(command)
    return command


def sound_options(
    without: Sequence[str] = (), defaults: Mapping[str, object] | None = None
) -> Callable[[Command], Command]:
    """Return a decorator that adds one option per setting of a sound, except for some.

    Args:
        without: The settings that the command has no option for.
        defaults: What the command takes where an option is not given, if that is not usual.
    """

    def decorate(command: Command) -> Command:
        for name in reversed([name for name in SOUND_SPECS if name not in without]):
            usual = SoundSettings.__dataclass_fields__[name].default
            command = setting_option(name, SOUND_SPECS[name], (defaults or {}).get(name, usual))(
                command
            )
        return command

    return decorate


def setting_option(
    name: str, this: SettingSpec, default: object, shown_name: str | None = None
) -> Callable[[Command], Command]:
    """Return the option of a setting, whose help names the default."""
    return click.option(
        "--" + (shown_name or name).replace("_", "-"),
        name,
        cls=SettingOption,
        this=this,
        usual=default,
        is_flag=this.parse is parsing.flag,
        multiple=this.parse is parsing.paths,
        default=None,
        metavar="" if this.parse is parsing.flag else (this.unit or this.parse.__name__).upper(),
    )


def shown(default: object) -> str:
    """Return a default as it is typed; a layer or loss of several without its weight."""
    if not isinstance(default, tuple):
        return str(default)
    return ",".join(str(item[0] if isinstance(item, tuple) else item) for item in default)


def preset_option(command: Command) -> Command:
    """Add ``--preset``."""
    return click.option(
        "--preset",
        metavar="NAME",
        help=f"Settings that reproduce others: {', '.join(PRESETS)}. Options win over them.",
    )(command)


def look_option(command: Command) -> Command:
    """Add ``--look``."""
    looks = "; ".join(f"{name}: {look.summary}" for name, look in LOOKS.items())
    return click.option(
        "--look",
        metavar="NAME",
        help=f"How it is painted, in a word. {looks}. Options win over it.",
    )(command)


def picture_options(command: Command) -> Command:
    """Add ``--output``, for a picture, and ``--overwrite``."""
    output = click.option(
        "-o",
        "--output",
        help="The picture to write: .png, .jpg, .webp or .tif; one that is there is replaced.",
    )
    return output(overwrite_option(command))


def overwrite_option(command: Command) -> Command:
    """Add ``--overwrite``."""
    return click.option(
        "--overwrite",
        is_flag=True,
        help="Replace a picture of the default name; without it, the new one gets a number.",
    )(command)


def display_options(command: Command) -> Command:
    """Add ``--quiet`` and ``--json``."""
    quiet = click.option("--quiet", is_flag=True, help="Show no progress.")
    as_json = click.option("--json", "as_json", is_flag=True, help="One line per step on stdout.")
    return quiet(as_json(command))


def crew_options(command: Command) -> Command:
    """Add ``--workers`` and ``--cluster``: who paints."""
    workers = click.option(
        "--workers",
        metavar="N",
        help="Paint with N processes of this machine, each with one thread; auto takes as many as "
        "there are processors and memory for.",
    )
    cluster = click.option(
        "--cluster",
        metavar="ADDRESS",
        help="Paint with the workers of a Dask cluster, by the address of its scheduler, like "
        "tcp://host:8786.",
    )
    return workers(cluster(command))


def given(values: dict[str, Any]) -> dict[str, Any]:
    """Return the options that were given."""
    return {name: value for name, value in values.items() if value not in (None, ())}


def output_options(command: Command) -> Command:
    """Add the options for what a run writes besides its picture; see `Outputs`."""
    options = [
        click.option(
            "--snapshot-every",
            type=click.IntRange(1),
            metavar="N",
            help="Every N evaluations, write a numbered picture and a checkpoint beside it.",
        ),
        click.option(
            "--resume",
            is_flag=True,
            help="Go on from the checkpoint of the same command, if there is one.",
        ),
        click.option(
            "--animate",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="Write a film of the painting coming into being: .gif, .webp or .mp4.",
        ),
        click.option(
            "--frame-every",
            type=click.IntRange(1),
            metavar="N",
            help="Film: one frame every N evaluations, instead of an even pace.",
        ),
        click.option(
            "--frame-numbers", is_flag=True, help="Write the evaluation's number into the film."
        ),
        click.option(
            "--log",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="Write every named loss of every evaluation: .csv or .jsonl.",
        ),
        click.option(
            "--curve",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="Draw the loss curves: .png.",
        ),
        click.option(
            "--tensorboard",
            type=click.Path(path_type=Path),
            metavar="FOLDER",
            help="Write the losses for TensorBoard.",
        ),
        click.option(
            "--deepzoom",
            type=click.Path(path_type=Path),
            metavar="FOLDER",
            help="Write the picture as tiles, too, with a page that zooms into it: open "
            "FOLDER/index.html.",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def take_outputs(values: dict[str, Any]) -> Outputs:
    """Take the values of `output_options` out of a command's arguments."""
    from impasto.run import Outputs

    return Outputs(**{field.name: values.pop(field.name) for field in fields(Outputs)})
