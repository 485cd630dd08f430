"""The form follows from the settings' own metadata; file names never come from a page."""

import dataclasses
from itertools import pairwise

import pytest

from impasto.errors import UsageError
from impasto.settings import LOOKS, SPECS, Settings, SettingSpec, parsing, with_look
from impasto.studio import form
from impasto.studio.form import (
    control,
    controls,
    from_look,
    from_settings,
    is_open,
    to_settings,
)
from impasto.studio.words import DIALS, WORDS

NAMES = [each.name for each in controls()]


@pytest.mark.parametrize("name", SPECS)
def test_every_setting_is_on_the_page_unless_it_names_files(name):
    if name in NAMES:
        each, this = control(name), SPECS[name]
        assert this.help in each.help or name == "init" or each.help == WORDS.get(name)
        assert this.unit in each.label or each.kind == "dial"
        assert {value for _, value in each.choices} - {""} == set(this.choices or ()) or (
            name == "init" or each.kind not in ("choice", "segments")
        )
    else:
        assert name in form.ELSEWHERE or not is_open(name)


def test_no_control_takes_the_name_of_a_file():
    assert "weights" not in NAMES
    for each in controls():
        assert SPECS[each.name].parse is not parsing.path or each.kind == "choice"


@pytest.mark.parametrize(
    "sent", [{"init": "/etc/passwd"}, {"init": "photo.png"}, {"optimizer": "sgd"}, {"size": "many"}]
)
def test_what_the_page_does_not_offer_is_refused(sent):
    with pytest.raises(UsageError):
        to_settings(sent)


def test_a_file_sent_by_hand_is_not_looked_at():
    assert to_settings({"weights": "/etc/passwd"}) == Settings()


def test_auto_goes_before_the_slider_which_always_has_a_value():
    settings = to_settings({"auto": True, "style_weight": 100})
    assert (settings.auto, settings.style_weight) == (True, None)


def test_a_new_setting_appears_by_itself(monkeypatch):
    field = dataclasses.field(default=2.0, metadata={})
    field.name = "varnish"
    knob = SettingSpec(parsing.real, "how glossy", "Finish", unit="layers", low=0, high=9)
    monkeypatch.setitem(SPECS, "varnish", knob)
    monkeypatch.setattr(Settings, "varnish", 2.0, raising=False)
    added = next(each for each in controls() if each.name == "varnish")
    assert (added.kind, added.label, added.group) == ("number", "Varnish (layers)", "Finish")
    assert (added.low, added.high, added.value) == (0, 9, 2.0)


@pytest.mark.parametrize(
    "settings",
    [
        Settings(),
        Settings(size=300, style_weight=12345, style_scale=0.1, seed=9, iterations=7),
        Settings(backbone="pocket", style_weight=7),
        Settings(plan="64:5,96:3", size=96, optimizer="adam", normalization="paper"),
        Settings(style_layers="relu1_1:2,relu3_1:0.5", content_layers="relu2_1", bits=16),
        Settings(size=512, levels=1, keep_alpha=True, init="noise"),
    ],
)
def test_settings_go_to_the_page_and_back(settings):
    full = settings.completed()
    assert to_settings(from_settings(full)).completed() == full


def test_what_follows_from_other_settings_is_left_open():
    shown = from_settings(Settings(threads=3, device="cpu").completed())
    assert shown["threads"] == ""
    assert (shown["device"], shown["plan"], shown["content_layers"]) == ("", "", "")


def test_a_start_picture_is_not_offered_again():
    assert from_settings(Settings(init="result.png"))["init"] == "content"


@pytest.mark.parametrize("backbone", ["vgg19", "pocket"])
def test_the_style_counts_in_multiples_of_what_is_usual_for_the_network(backbone):
    usual = Settings(backbone=backbone).completed().style_weight
    settings = to_settings({"backbone": backbone, "style_weight": 7})
    assert settings.style_weight == 7 * usual
    assert from_settings(settings.completed())["style_weight"] == 7
    assert to_settings({"backbone": backbone, "style_weight": 1}).style_weight is None


@pytest.mark.parametrize("name", LOOKS)
def test_a_look_fills_the_form_with_what_it_is_on_the_command_line(name):
    shown = from_look(name)
    assert shown.keys() == from_look("balanced").keys()
    by_hand = with_look(name, {}, lambda given: Settings(**given))
    assert to_settings(shown).completed() == Settings(**by_hand).completed()


@pytest.mark.parametrize("dial", DIALS.values())
def test_words_stand_at_equal_distances_on_a_dial(dial):
    values = [dial.low, *(mark.value for mark in dial.marks), dial.high]
    steps = [after / before for before, after in pairwise(values)]
    assert steps == pytest.approx([steps[0], *[steps[0] ** 2] * (len(dial.marks) - 1), steps[0]])
