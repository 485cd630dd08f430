"""Which settings the page has, and what it sends back, as `Settings`: derived from their specs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from impasto.errors import look_up
from impasto.plugins import load_installed
from impasto.registry import INITIALIZERS
from impasto.settings import SPECS, Group, Settings, SettingSpec, check, parsing

FILE_SETTINGS = {parsing.path.__name__, "paths"}
"""Parsers of file names. No page is asked for one, and none that it sends is taken."""

ELSEWHERE = {"style_blend"}
"""Settings that the page has beside the pictures, not in the form."""

WORDS = {
    "style_weight": "subtle to the left, strong to the right",
    "style_scale": "fine strokes to the left, broad ones to the right",
    "size": "long side of the picture: larger takes longer",
    "color": "whose colors the picture has",
    "backbone": "which network looks at the pictures",
}
"""What an artist is told of the settings that are always in sight."""

CHOICE_WORDS = {
    "color": {
        "style": "the style's",
        "content": "the photograph's",
        "luminance": "the photograph's: brightness only is painted",
    },
    "backbone": {"vgg19": "fine (VGG-19)", "pocket": "quick (pocket)"},
}
"""What choices are called there; others have their own names."""

LARGE_RANGE: dict[str, tuple[str, float, float, float]] = {
    "style_weight": ("Style strength", 2, 200, 1),
    "style_scale": ("Stroke scale", 0.25, 3, 0.05),
    "size": ("Size", 128, 2048, 32),
}
"""What is always in sight, as sliders: label, and the range and step that is good for painting.
A picture that was painted beyond this range extends it."""

TITLES = {"color": "Colors", "backbone": "Network"}
"""What other settings that are always in sight are called."""

FIRST_SETTINGS = ("style_weight", "style_scale", "size", "color", "backbone")
"""What is always in sight, in this order, as far as there are such settings."""


@dataclass(frozen=True)
class Control:
    """One control of the form.

    Attributes:
        name: Of the setting.
        kind: ``slider``, ``number``, ``text``, ``flag`` or ``choice``.
        label: What it is called on the page, with its unit.
        help: One line.
        group: The heading under which it stands, or empty for the large controls.
        value: What it shows at first; None or an empty text lets the run choose.
        choices: Label and value of each choice.
        low: Smallest value of a slider or number.
        high: Largest.
        step: Of a slider.
    """

    name: str
    kind: str
    label: str
    help: str
    group: str
    value: Any
    choices: tuple[tuple[str, str], ...] = ()
    low: float | None = None
    high: float | None = None
    step: float | None = None


def controls() -> list[Control]:
    """Return the large controls, then every other setting that is no file, by groups."""
    load_installed()
    names = [name for name in SPECS if is_open(name) and name not in ELSEWHERE]
    first = [name for name in FIRST_SETTINGS if name in names]
    groups = list(dict.fromkeys(this.group for this in SPECS.values()))
    rest = sorted(
        (name for name in names if name not in first),
        key=lambda name: groups.index(SPECS[name].group),
    )
    return [control(name) for name in [*first, *rest]]


def is_open(name: str) -> bool:
    """Tell whether a page may say what a setting is: never so for names of files.

    Nor for what a picture tells of itself: the studio shows it, and paints variants from it.
    """
    if name == "recipe":
        return False
    return name == "init" or SPECS[name].parse.__name__ not in FILE_SETTINGS


def control(name: str) -> Control:
    """Return the control of a setting."""
    this, default = SPECS[name], getattr(Settings().completed(), name)
    title = TITLES.get(name, name.replace("_", " ").capitalize())
    label = title + (f" ({this.unit})" if this.unit else "")
    group = "" if name in FIRST_SETTINGS else this.group
    value = to_page(name, getattr(Settings(), name))
    if name in LARGE_RANGE:
        title, low, high, step = LARGE_RANGE[name]
        title += f" ({this.unit})" if this.unit else ""
        start = to_page(name, default)
        return Control(name, "slider", title, WORDS[name], group, float(start), (), low, high, step)
    kind = kind_of(name, this)
    choices = choices_of(name, this, value) if kind == "choice" else ()
    words = "where to start" if name == "init" else this.help  # its help offers a file, too
    words = WORDS.get(name, words)
    if (
        group
        and choices
        and (told := summaries(INITIALIZERS if name == "init" else this.choices or {}))
    ):
        words += f". {told}"
    return Control(name, kind, label, words, group, value, choices, this.low, this.high)


def kind_of(name: str, this: SettingSpec) -> str:
    """Return how a setting is shown."""
    if name == "init" or (this.choices is not None and this.parse is parsing.name):
        return "choice"
    if this.parse is parsing.flag:
        return "flag"
    # Gradio shows a number that is not there as 0; one that may be left out is a line of text.
    number = this.parse in (parsing.whole, parsing.real)
    return "number" if number and getattr(Settings(), name) is not None else "text"


def choices_of(name: str, this: SettingSpec, value: Any) -> tuple[tuple[str, str], ...]:
    """Return label and value of every choice; an empty value lets the run choose."""
    table = INITIALIZERS if name == "init" else this.choices or {}
    called = CHOICE_WORDS.get(name, {})
    rows = tuple((called.get(key, key), key) for key in table)
    return rows if value else (("automatic", ""), *rows)


def summaries(table: Mapping[str, Any]) -> str:
    """Return what a table says of its choices.

    Example:
        >>> summaries({"avg": "the mean", "max": "the largest"})
        'avg: the mean; max: the largest'
    """
    words = {key: getattr(row, "summary", row) for key, row in table.items()}
    return "; ".join(f"{key}: {said}" for key, said in words.items() if isinstance(said, str))


def to_page(name: str, value: Any) -> Any:
    """Return a setting's value as its control shows it.

    Example:
        >>> to_page("style_layers", (("relu1_1", 1.0), ("relu2_1", 0.5)))
        'relu1_1:1,relu2_1:0.5'
    """
    if name in LARGE_RANGE and isinstance(value, tuple):
        value = value[0] if len(value) == 1 else value
    if isinstance(value, tuple):
        return ",".join(
            f"{item[0]}:{item[1]:g}" if isinstance(item, tuple) else f"{item:g}" for item in value
        )
    kind = kind_of(name, SPECS[name])
    return "" if value is None and kind in ("text", "choice") else value


def to_settings(values: Mapping[str, Any]) -> Settings:
    """Return the settings that a page has sent. What is empty is left to the run.

    Raises:
        SettingsError: If a value is not allowed, whether by the page or by hand.
    """
    given: dict[str, Any] = {}
    for name, value in values.items():
        if not is_open(name) or value is None or value == "":
            continue
        if name == "init":
            look_up(INITIALIZERS, str(value), "init")
        given[name] = check(name, value)
    if given.get("auto"):
        given.pop("style_weight", None)  # the slider always has a value, and auto chooses one
    return Settings(**given)


def from_settings(settings: Settings) -> dict[str, Any]:
    """Return what every control shows for some settings, as they stand in a finished picture.

    What followed from other settings or from the machine is left open again.
    """
    untouched = Settings()
    same = {name: getattr(settings, name) for name in ("backbone", "normalization", "optimizer")}
    usual = untouched.replace(**same).completed()
    shown: dict[str, Any] = {}
    for each in controls():
        value, default = getattr(settings, each.name), getattr(untouched, each.name)
        chosen = SPECS[each.name].group == Group.MACHINE or (
            default is None and each.kind != "slider" and value == getattr(usual, each.name)
        )
        if each.name in ("plan", "levels"):
            chosen = is_usual_plan(settings)
        if chosen or (each.name == "init" and value not in INITIALIZERS):
            value = default
        shown[each.name] = to_page(each.name, value)
    return shown


def is_usual_plan(settings: Settings) -> bool:
    """Tell whether the plan is the one that size and iterations would give by themselves."""
    usual = Settings(size=settings.size, iterations=settings.iterations).completed()
    return settings.plan is None or settings.plan == usual.plan
