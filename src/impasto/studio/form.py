"""Which settings the page has, and what it sends back, as `Settings`: derived from their specs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from impasto.errors import look_up
from impasto.plugins import load_installed
from impasto.registry import INITIALIZERS
from impasto.settings import LOOKS, SPECS, Group, Settings, SettingSpec, check, parsing
from impasto.studio.words import CHOICE_WORDS, DIALS, FIRST_SETTINGS, TITLES, WORDS

FILE_SETTINGS = {parsing.path.__name__, "paths"}
"""Parsers of file names. No page is asked for one, and none that it sends is taken."""

IN_MULTIPLES = ("style_weight",)
"""Settings that the page has in multiples of what is usual for the network and the losses."""

ELSEWHERE = {"style_blend"}
"""Settings that the page has beside the pictures, not in the form."""


@dataclass(frozen=True)
class Control:
    """One control of the form.

    Attributes:
        name: Of the setting.
        kind: ``dial``, ``segments``, ``number``, ``text``, ``flag`` or ``choice``.
        label: What it is called on the page, with its unit.
        help: One line.
        group: The heading under which it stands, or empty for the large controls.
        value: What it shows at first; None or an empty text lets the run choose.
        choices: Label and value of each choice.
        low: Smallest value of a number.
        high: Largest.
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
    this = SPECS[name]
    group = "" if name in FIRST_SETTINGS else this.group
    if name in DIALS:
        dial, start = DIALS[name], getattr(Settings().completed(), name)
        value = 1.0 if name in IN_MULTIPLES else to_page(name, start)
        return Control(name, "dial", dial.title, WORDS[name], group, value)
    title = TITLES.get(name, name.replace("_", " ").capitalize())
    label = title + (f" ({this.unit})" if this.unit else "")
    value = to_page(name, getattr(Settings(), name))
    kind = kind_of(name, this)
    choices = choices_of(name, this, value) if kind in ("choice", "segments") else ()
    words = WORDS.get(name, this.help)
    words = "where to start" if name == "init" else words  # its help offers a file, too
    table = INITIALIZERS if name == "init" else this.choices or {}
    if group and choices and (told := summaries(table)):
        words += f". {told}"
    return Control(name, kind, label, words, group, value, choices, this.low, this.high)


def kind_of(name: str, this: SettingSpec) -> str:
    """Return how a setting is shown."""
    if name in DIALS:
        return "dial"
    if name in CHOICE_WORDS:
        return "segments"
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
    rows = tuple((called.get(key, key), key) for key in dict.fromkeys([*called, *table]))
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
    if name in DIALS and isinstance(value, tuple) and len(value) == 1:
        return value[0]
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
    strength = given.pop("style_weight", 1.0)
    settings = Settings(**given)
    if settings.auto or strength == 1:  # the dial always has a value, and auto chooses one
        return settings
    usual = settings.completed().style_weight
    return settings.replace(style_weight=without_noise(strength * usual))


def without_noise(number: float) -> float:
    """Return a number without the last digits that multiplying it leaves.

    Example:
        >>> without_noise(0.1 * 3)
        0.3
    """
    return float(f"{number:.12g}")


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
            default is None and each.kind != "dial" and value == getattr(usual, each.name)
        )
        if each.name in ("plan", "levels"):
            chosen = is_usual_plan(settings)
        if chosen or (each.name == "init" and value not in INITIALIZERS):
            value = default
        if each.name in IN_MULTIPLES:
            value = 1.0 if value is None else value / usual.style_weight
        shown[each.name] = to_page(each.name, value)
    return shown


def from_look(name: str) -> dict[str, Any]:
    """Return what the controls of all looks show for one of them.

    Raises:
        UsageError: If there is none of this name.
    """
    look = look_up(LOOKS, name, "look")
    names = {each for row in LOOKS.values() for each in row.values}
    usual = {each: getattr(Settings(), each) for each in sorted(names)}
    values = {each: check(each, value) for each, value in (usual | dict(look.values)).items()}
    return {
        "style_weight": look.strength,
        **{each: to_page(each, value) for each, value in values.items()},
    }


def is_usual_plan(settings: Settings) -> bool:
    """Tell whether the plan is the one that size and iterations would give by themselves."""
    usual = Settings(size=settings.size, iterations=settings.iterations).completed()
    return settings.plan is None or settings.plan == usual.plan
