"""A picture names the plugins that painted it, and never has one loaded."""

import json
from pathlib import Path

import pytest

import impasto
from impasto.errors import PluginError
from impasto.evaluation.scores import choose_network, painter_of
from impasto.job.recipe import Recipe, fields_of, read_embedded
from impasto.plugins import Plugin, check_unchanged, load, state_of, used
from impasto.settings import Settings

EXAMPLES = Path(__file__).parents[2] / "examples" / "plugins"
SIZE = {"backbone": "pocket", "size": 32, "iterations": 1}


@pytest.fixture(autouse=True)
def no_rows_are_left(forget_plugins):
    return


@pytest.fixture
def skew(tmp_path):
    """A copy of the example, which tests may change."""
    path = tmp_path / "skew.py"
    path.write_text((EXAMPLES / "skew_loss.py").read_text())
    return path


@pytest.fixture
def painted(skew, photograph, painting, tmp_path):
    """A picture painted with the plugin."""
    impasto.load_plugin(skew)
    path = tmp_path / "painted.png"
    impasto.stylize(photograph, painting, style_loss="gram,skew", **SIZE).save(path)
    return path


def test_used_are_the_plugins_whose_rows_settings_name(skew):
    load(EXAMPLES / "momentum.py")
    plugin = load(skew)
    assert used(Settings(style_loss="gram", backbone="pocket").to_dict()) == ()
    (found,) = used(Settings(style_loss="gram,skew:2", backbone="pocket").completed().to_dict())
    assert found.rows == (("style_loss", "skew"),)
    assert (found.path, found.sha256) == (plugin.path, plugin.sha256)


def test_a_recipe_has_them_and_goes_to_json_and_back(painted, skew):
    recipe = Recipe.of_picture(painted)
    (plugin,) = recipe.plugins
    assert json.loads(read_embedded(painted))["plugins"] == [
        {"name": "skew", "path": skew.name, "sha256": plugin.sha256, "distribution": None,
         "rows": [["style_loss", "skew"]]}
    ]  # fmt: skip
    assert Recipe.from_json(recipe.to_json()) == recipe


def test_pictures_without_plugins_are_as_before(photograph, painting):
    recipe = impasto.stylize(photograph, painting, **SIZE).recipe
    assert "plugins" not in json.loads(recipe.to_json())
    assert Recipe.from_json(recipe.to_json()).plugins == ()


def test_a_missing_plugin_is_named_with_hash_and_remedy_and_not_loaded(
    painted, skew, forget_plugins
):
    (plugin,) = Recipe.of_picture(painted).plugins
    forget_plugins()
    skew.write_text("raise SystemExit('a picture has loaded code')")
    with pytest.raises(PluginError) as caught:
        Recipe.of_picture(painted)
    for part in ("style_loss 'skew'", f"'{skew.name}'", plugin.sha256[:12], "--plugin FILE"):
        assert part in str(caught.value)
    assert fields_of(read_embedded(painted))["settings"]["style_loss"][1] == ["skew", 1.0]
    assert state_of(plugin) == "not loaded"
    assert painter_of(painted) == "pocket"


def test_what_to_do_depends_on_where_the_plugin_came_from():
    recipe = {"impasto": "0.1.0", "content": {"path": None, "sha256": ""}, "styles": [],
              "settings": {"style_loss": [["skew", 1.0]]}}  # fmt: skip
    for plugin, remedy in (
        (Plugin("skew", "/a/b.py", "12", "impasto-skew 2.1"), "install it if you trust it"),
        (Plugin("notebook", None, ""), "the program 'notebook' that has painted the picture"),
    ):
        rows = {"plugins": [plugin.to_dict() | {"rows": [["style_loss", "skew"]]}]}
        with pytest.raises(PluginError, match=remedy):
            Recipe.from_json(json.dumps(recipe | rows))


CURSOR = Plugin("a", None, "12", None, (("init", "\x1b[2J"),)).to_dict()


@pytest.mark.parametrize("plugins", [3, [3], [{}], [{"name": "a", "rows": 3}], [CURSOR]])
def test_a_damaged_list_of_plugins_is_one_sentence(plugins):
    recipe = {"impasto": "0.1.0", "content": {"path": None, "sha256": ""}, "styles": [],
              "settings": {}, "plugins": plugins}  # fmt: skip
    with pytest.raises(impasto.UsageError, match="cannot be read"):
        Recipe.from_json(json.dumps(recipe))


def test_a_path_in_a_picture_cannot_move_the_cursor():
    assert "\x1b" not in Plugin("a", "\x1b[2Jevil\n.py", "12").where
    assert "\n" not in Plugin("a", "\x1b[2Jevil\n.py", "12").where


def test_a_changed_plugin_is_told_from_a_moved_one(painted, skew, forget_plugins):
    recorded = Recipe.of_picture(painted).plugins
    check_unchanged(recorded)
    assert state_of(recorded[0]) == "as it was"
    forget_plugins()
    load(skew.rename(skew.with_name("moved.py")))
    check_unchanged(recorded)
    moved = skew.with_name("moved.py")
    moved.write_text(moved.read_text().replace("** 3", "** 5"))
    load(moved)
    with pytest.raises(PluginError) as caught:
        check_unchanged(recorded)
    for part in ("'skew' was of", f"'{skew.name}'", f"is of '{moved}'", "--changed-plugins"):
        assert part in str(caught.value)
    assert state_of(recorded[0]) == "changed"
    assert Recipe.of_picture(painted).plugins == recorded


def test_a_name_that_is_now_impastos_own_counts_as_changed():
    recorded = Plugin("mine", "/a.py", "12", None, (("style_loss", "gram"),))
    with pytest.raises(PluginError, match="painted, and is Impasto's own now"):
        check_unchanged([recorded])


def test_no_picture_is_judged_by_a_plugins_network_unasked(monkeypatch, tmp_path):
    monkeypatch.setenv("IMPASTO_CACHE", str(tmp_path))
    before = choose_network({"pocket"})
    impasto.load_plugin(EXAMPLES / "random_network.py")
    assert choose_network({"pocket"}) == before
