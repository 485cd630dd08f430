import json

import pytest

from impasto.backbones import BACKBONES
from impasto.errors import SettingsError, UnknownName
from impasto.normalization import NORMALIZATIONS
from impasto.settings import SPECS, Settings


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
def test_defaults_leave_only_the_machines_choices_open(name, backbone):
    complete = Settings(normalization=name, backbone=backbone).completed()
    left = {k for k in SPECS if getattr(complete, k) is None}
    machine = {"weights", "fine_style", "device", "precision", "threads", "memory", "tile"}
    assert left == machine | {"color_match", "mask_spread"}
    assert complete.completed() == complete
    assert complete.style_weight == NORMALIZATIONS[name].style_weight


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
    for name, knob in SPECS.items():
        assert knob.help, name
        assert not knob.help.endswith(".")


def test_a_run_to_convergence_has_a_high_limit_unless_one_is_given():
    assert Settings(levels=1).completed().plan == ((512, 60),)
    assert Settings(levels=1, converge=1e-4).completed().plan == ((512, 10_000),)
    assert Settings(levels=1, converge=1e-4, iterations=70).completed().plan == ((512, 70),)
