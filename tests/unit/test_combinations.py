"""A setting that is given and not used is refused, or noted in one sentence."""

import dataclasses

import pytest

import impasto
from impasto.errors import SettingsError
from impasto.job import as_painting, prepare
from impasto.settings import PRESETS, Settings, apply, check_exclusive, notes_on
from impasto.settings.combinations import EXCLUSIVE, WITHOUT_EFFECT
from impasto.sweeps import figure

PLANNED = {"plan": "64:3", "iterations": 50, "backbone": "pocket"}


@pytest.mark.parametrize(
    "give",
    [
        lambda: apply(None, PLANNED),
        lambda: impasto.stylize("a.png", "b.png", **PLANNED),
        lambda: as_painting("a.png", "relu1_1", None, None, PLANNED),
        lambda: figure("2", "a.png", ["b.png"], PLANNED),
    ],
)
def test_a_plan_beside_iterations_is_refused_before_a_picture_is_read(give):
    with pytest.raises(
        SettingsError, match=r"^plan and iterations are given.*leave out one of them\.$"
    ):
        give()


@pytest.mark.parametrize(
    ("given", "other"),
    [
        ({"plan": "64:3", "levels": "3"}, "levels"),
        ({"plan": "32:3,64:3", "levels": 1}, "levels"),
        ({"tile": 128, "memory": "4"}, "memory"),
        ({"tile": "0", "memory": 4}, "memory"),
    ],
)
def test_what_has_nothing_to_decide_is_refused(given, other):
    with pytest.raises(SettingsError, match=f"and {other} are given"):
        check_exclusive(given)


def test_what_agrees_is_not_refused():
    """As in the settings of a result, all of which are given when they are used again."""
    check_exclusive({"plan": "32:9,64:3", "iterations": 3, "levels": "2", "tile": None})
    check_exclusive({**Settings(size=64, iterations=5).completed().to_dict(), "preset": "paper"})


@pytest.mark.parametrize(
    ("given", "idle"),
    [
        ({"optimizer": "adam", "history": 20}, ["history"]),
        ({"tv_weight": 0, "tv": "kang"}, ["tv"]),
        ({"content_weight": 0, "content_layers": "relu1_1"}, ["content_layers"]),
        ({"content_weight": 0, "protect_faces": 1}, ["protect_faces"]),
        ({"style_weight": 0, "style_layers": "relu1_1"}, ["style_layers"]),
        (
            {"style_weight": 0, "style_loss": "meanstd", "balance": True},
            ["style_loss", "balance"],
        ),
        (
            {"style_weight": 0, "style_scale": 2, "style_mask": "a.png"},
            ["style_scale", "style_mask"],
        ),
        ({"style_weight": 0, "color": "content", "color_match": "cholesky"}, ["color_match"]),
        ({"style_weight": 0, "style_scale": 2, "init": "style"}, []),
        ({"style_blend": "2"}, ["style_blend"]),
        ({"style_blend": "2,1"}, []),
        ({"style_layers": "relu1_1", "balance": True}, ["balance"]),
        ({"balance": True}, []),
        ({"seed": 3}, ["seed"]),
        ({"seed": 3, "init": "noise"}, []),
        ({"seed": 3, "init_noise": 0.1}, []),
        ({"seed": 3, "init": "start.png"}, ["seed"]),
        ({"style_weight": 0, "continuation": 20}, ["continuation"]),
        ({"content_weight": 0, "tv_weight": 0, "continuation": 20}, ["continuation"]),
        ({"content_weight": 0, "continuation": 20}, []),
    ],
)
def test_what_changes_nothing_is_noted(given, idle):
    notes = notes_on(Settings(**given, backbone="pocket"))
    assert [note.split()[0] for note in notes] == idle
    assert all(note.endswith(".") and "given and changes nothing: " in note for note in notes)


def test_every_rule_is_of_settings_that_there_are():
    known = {field.name for field in dataclasses.fields(Settings)}
    assert {name for row in WITHOUT_EFFECT for name in row.settings} <= known
    assert {*EXCLUSIVE, *(each for others, _ in EXCLUSIVE.values() for each in others)} <= known


@pytest.mark.parametrize("name", [None, *PRESETS])
def test_nothing_is_said_of_what_nobody_has_given(name):
    for settings in (apply(name, {"backbone": "pocket"}), Settings(optimizer="adam", tv_weight=0)):
        assert notes_on(settings) == notes_on(settings.completed()) == ()
        # As from a recipe, which holds every setting.
        assert notes_on(Settings.from_dict(settings.completed().to_dict())) == ()


def test_the_run_tells_it(photograph, painting):
    settings = Settings(size=16, backbone="pocket", seed=3)
    assert prepare(photograph, painting, settings).notes == (
        "seed is given and changes nothing: the start has no noise.",
    )
