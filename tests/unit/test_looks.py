"""Looks: words for settings, on the command line, in Python and on the page."""

import pytest

from impasto import stylize
from impasto.errors import SettingsError, UsageError
from impasto.settings import LOOKS, Settings, apply, with_look


def looked(name: str | None, **given: object) -> Settings:
    return Settings(**with_look(name, given, lambda values: Settings(**values)))


@pytest.mark.parametrize("name", LOOKS)
def test_every_look_is_a_possible_setting_and_no_two_are_the_same(name):
    others = [looked(each).completed() for each in LOOKS if each != name]
    assert looked(name).completed() not in others
    assert LOOKS[name].summary[0].islower()


def test_without_a_look_and_with_the_usual_one_everything_is_as_usual():
    assert looked(None) == looked("balanced") == Settings()


@pytest.mark.parametrize("backbone", ["vgg19", "pocket"])
def test_strength_is_counted_in_the_style_weight_of_the_network(backbone):
    usual = Settings(backbone=backbone).completed().style_weight
    assert looked("strong", backbone=backbone).style_weight == 10 * usual


def test_a_look_stands_over_a_preset_and_under_what_is_given():
    values = with_look("strong", {}, lambda given: apply("kang", given))
    assert apply("kang", values).style_weight == 1e5
    assert looked("broad", style_scale=3, style_weight=7).style_scale == (3.0,)
    assert looked("broad", style_weight=7).style_weight == 7


def test_auto_and_a_look_do_not_both_choose_the_strength():
    assert looked("fine", auto=True).auto
    with pytest.raises(SettingsError, match="'strong' and auto"):
        looked("strong", auto=True)


def test_a_look_that_is_not_there_is_told(photograph, painting):
    with pytest.raises(UsageError, match="did you mean 'subtle'"):
        stylize(photograph, painting, look="sutble")


def test_python_and_the_command_line_paint_in_a_look(photograph, painting, tmp_path):
    from click.testing import CliRunner

    from impasto.cli import cli
    from impasto.job import Recipe

    small = {"size": 32, "iterations": 2, "backbone": "pocket", "look": "own-colors"}
    assert stylize(photograph, painting, **small).settings.color == "content"
    options = [f"--{name}={value}" for name, value in small.items()]
    out = tmp_path / "out.png"
    made = CliRunner().invoke(
        cli, ["paint", str(photograph), str(painting), "-o", str(out), *options]
    )
    assert made.exit_code == 0, made.output
    settings = Recipe.of_picture(out).settings
    assert (settings.color, settings.style_weight) == ("content", 60)
