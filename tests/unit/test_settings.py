import ast
import dataclasses
import json
from pathlib import Path

import pytest

import impasto.settings
from impasto.backbones import BACKBONES
from impasto.errors import SettingsError, UnknownName
from impasto.normalization import NORMALIZATIONS
from impasto.registry import OPTIMIZERS
from impasto.settings import (
    MACHINE_CHOICES,
    PRESETS,
    SPECS,
    CompleteSettings,
    Group,
    ResolvedSettings,
    Settings,
    apply,
)

HERE = {"device": "cpu", "precision": "float32", "threads": 1}
"""A machine."""

NOT_THERE = {"weights", "fine_style", "memory", "color_match", "mask_spread", "resolution"}
"""Settings for which there may be nothing: no file, limit, paper, nothing to match or spread."""


def is_none(settings: Settings) -> set[str]:
    return {name for name in SPECS if getattr(settings, name) is None}


def test_text_and_python_values_give_equal_settings():
    assert Settings(style_layers="relu1_1:0.5,relu2_1", size="256") == Settings(
        style_layers={"relu1_1": 0.5, "relu2_1": 1}, size=256
    )


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"size": 15}, "size is 15: it must be from 16 to 32768 pixels"),
        ({"size": "big"}, "size is 'big': it must be a whole number"),
        ({"style_weight": -1}, "style_weight is -1: it must be from 0 to"),
        ({"style_scale": 0}, "style_scale is 0"),
        ({"style_blend": "1,-1"}, "style_blend"),
        ({"style_blend": "0,0"}, "only zeros"),
        ({"learning_rate": 0}, "learning_rate is 0"),
        ({"iterations": 0}, "iterations is 0"),
        ({"history": 0}, "history is 0"),
        ({"levels": 0}, "levels is 0"),
        ({"bits": 12}, "8 or 16"),
        ({"seed": -1}, "seed is -1"),
        ({"content_weight": 0, "style_weight": 0}, "both 0"),
        ({"size": 256, "plan": "128:5,512:5"}, "plan ends at 512 pixels but size is 256"),
    ],
)
def test_a_value_out_of_range_is_one_sentence(values, message):
    with pytest.raises(SettingsError, match=message) as caught:
        Settings(**values)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("values", "suggestion"),
    [
        ({"backbone": "vgg91"}, "did you mean 'vgg19'"),
        ({"backbone": "vgg19", "style_layers": "conv9_1"}, "did you mean 'conv5_1'"),
        ({"content_layers": "relu42"}, "did you mean 'relu4_2'"),
        ({"optimizer": "lbgfs"}, "did you mean 'lbfgs'"),
        ({"normalization": "papre"}, "did you mean 'paper'"),
        ({"pooling": "average"}, "did you mean 'avg'"),
        ({"tv": "square"}, "did you mean 'squared'"),
        ({"precision": "float23"}, "did you mean 'float32'"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(values, suggestion):
    with pytest.raises(UnknownName, match=suggestion):
        Settings(**values)


@pytest.mark.parametrize("name", NORMALIZATIONS)
@pytest.mark.parametrize("backbone", BACKBONES)
def test_completed_settings_leave_only_the_machines_choices_open(name, backbone):
    complete = Settings(normalization=name, backbone=backbone).completed()
    assert is_none(complete) == NOT_THERE | set(MACHINE_CHOICES)
    assert complete.completed() == complete
    own, usual = BACKBONES[backbone].effort.style_weight, NORMALIZATIONS[name].style_weight
    assert complete.style_weight == (own if name == "relative" else usual)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("name", NORMALIZATIONS)
@pytest.mark.parametrize("backbone", BACKBONES)
def test_resolved_settings_leave_nothing_open(name, backbone, optimizer):
    asked = Settings(normalization=name, backbone=backbone, optimizer=optimizer)
    resolved = asked.resolved(**HERE)
    assert is_none(resolved) == NOT_THERE
    assert resolved.resolved(**HERE) == resolved


@pytest.mark.parametrize("preset", PRESETS)
def test_nothing_is_open_in_a_resolved_preset(preset):
    resolved = apply(preset, {"weights": "any.pth"}).resolved(**HERE)
    assert is_none(resolved) == NOT_THERE - {"weights"}


def test_the_machine_chooses_nothing_that_was_given():
    given = Settings(device="cuda:1", precision="float64", threads=3, tile=64)
    resolved = given.resolved(**HERE, tile=256)
    assert [getattr(resolved, name) for name in MACHINE_CHOICES] == ["cuda:1", "float64", 3, 64]
    assert Settings(tile=64).resolved(**HERE).device == "cpu"
    assert Settings().resolved(**HERE).tile == 0


def test_types_say_what_may_be_none():
    """So mypy finds a reader that forgets it: each annotation allows None where a value may be."""
    for kind, settings in (
        (Settings, Settings()),
        (CompleteSettings, Settings().completed()),
        (ResolvedSettings, Settings().resolved(**HERE)),
    ):
        fields = dataclasses.fields(kind)
        assert {f.name for f in fields if f.type.endswith("| None")} == is_none(settings), kind
        assert [f.name for f in fields] == list(SPECS)


def test_what_cannot_be_open_is_refused_if_it_is():
    resolved = Settings().resolved(**HERE)
    with pytest.raises(SettingsError, match="plan is None"):
        resolved.replace(plan=None)
    with pytest.raises(SettingsError, match="device is None"):
        resolved.replace(device=None)
    with pytest.raises(TypeError, match="tile"):
        ResolvedSettings.from_dict(Settings(**HERE).completed().to_dict())


def test_settings_are_equal_whoever_has_chosen_them():
    resolved = Settings(size=64).resolved(**HERE)
    asked = Settings.from_dict(resolved.to_dict())
    assert type(asked) is Settings
    assert asked == resolved
    assert resolved == asked
    assert hash(asked) == hash(resolved)
    assert asked != resolved.replace(tile=64)
    assert resolved != resolved.to_dict()


def test_json_has_the_settings_in_their_order_and_nothing_that_is_none():
    resolved = Settings().resolved(**HERE)
    assert list(resolved.to_dict()) == [name for name in SPECS if name not in NOT_THERE]
    assert type(ResolvedSettings.from_dict(resolved.to_dict())) is ResolvedSettings


def test_auto_has_the_usual_style_weight_until_it_has_chosen():
    resolved = Settings(auto=True, content_weight=2).resolved(**HERE)
    assert resolved.style_weight == BACKBONES["vgg19"].effort.style_weight
    assert "style_weight" not in resolved.to_dict()
    assert Settings.from_dict(resolved.to_dict()).resolved(**HERE) == resolved
    chosen = resolved.replace(auto=False, style_weight=17)
    assert chosen.to_dict()["style_weight"] == 17
    with pytest.raises(SettingsError, match="auto chooses style_weight, which is 17"):
        Settings(auto=True, style_weight=17)


def test_no_two_modules_of_the_package_import_each_other():
    folder = Path(impasto.settings.__file__).parent
    above = {path.stem: imported(path) for path in folder.glob("*.py") if path.stem != "__init__"}
    while above:
        lowest = {name for name, below in above.items() if not below & above.keys()}
        assert lowest, f"these import each other: {sorted(above)}"
        above = {name: below for name, below in above.items() if name not in lowest}


def imported(path: Path) -> set[str]:
    """Return the modules beside one that it imports, for checking types only or not."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("impasto.settings"):
            rest = (node.module or "").split(".")[2:]
            found |= set(rest[:1]) or {alias.name for alias in node.names}
    return found


def test_defaults_replace_nothing_that_was_given():
    given = Settings(style_weight=0, tv_weight=0, levels=2, content_layers="relu3_1")
    complete = given.completed()
    assert (complete.style_weight, complete.tv_weight, complete.levels) == (0, 0, 2)
    assert complete.content_layers == (("relu3_1", 1.0),)
    assert len(complete.plan) == 2


def test_a_plan_may_end_below_the_size():
    assert Settings(plan="64:10,128:5").completed().plan == ((64, 10), (128, 5))


def test_settings_go_to_json_and_back():
    settings = Settings(plan="64:10,512:5", style_blend="2,1", keep_alpha=True).completed()
    text = json.dumps(settings.to_dict())
    assert Settings.from_dict(json.loads(text)) == settings


def test_a_setting_of_another_version_is_named():
    with pytest.raises(UnknownName, match="unknown setting 'sise': did you mean 'size'"):
        Settings.from_dict({"sise": 3})


def test_every_setting_has_help_that_reads_in_a_list():
    for name, spec in SPECS.items():
        assert spec.help, name
        assert not spec.help.endswith((".", " of", " or"))
        assert spec.group in Group


def test_a_run_to_convergence_has_a_high_limit_unless_one_is_given():
    assert Settings(levels=1).completed().plan == ((512, 100),)
    assert Settings(levels=1, converge=1e-4).completed().plan == ((512, 10_000),)
    assert Settings(levels=1, converge=1e-4, iterations=70).completed().plan == ((512, 70),)
