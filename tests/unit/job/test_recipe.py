import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import impasto
from impasto import images
from impasto.backbones.weights import PUBLISHED
from impasto.cli import cli
from impasto.errors import PictureError, SettingsError, UnknownName, UsageError
from impasto.images import sha256
from impasto.job import prepare
from impasto.job.recipe import Recipe, fields_of
from impasto.job.source_file import (
    FORMER_POCKET,
    SourceFile,
    locate,
    locate_all,
    seen_from,
)
from impasto.plugins import Plugin
from impasto.settings import Settings


@pytest.fixture
def recipe(photograph, painting) -> Recipe:
    return Recipe(
        Settings(size=64, plan="64:3", backbone="pocket").completed(),
        content=SourceFile.of_file(photograph),
        styles=(SourceFile.of_file(painting), SourceFile.of_values(b"array")),
        init=SourceFile.of_file(photograph),
        weights=SourceFile("pocket.safetensors", "ab" * 32),
    )


def test_a_recipe_that_names_no_weights_means_the_first_pocket_network(recipe):
    text = replace(recipe, weights=None).to_json()
    assert Recipe.from_json(text).weights == FORMER_POCKET
    other = replace(recipe, settings=recipe.settings.replace(backbone="vgg19"), weights=None)
    assert Recipe.from_json(other.to_json()).weights is None


def test_a_recipe_goes_to_json_and_back(recipe):
    assert Recipe.from_json(recipe.to_json()) == recipe


def test_a_recipe_holds_no_time_and_reads_as_plain_json(recipe):
    values = json.loads(recipe.to_json())
    assert sorted(values) == [
        *("content", "content_masks", "fine_style", "impasto", "init"),
        *("settings", "style_masks", "styles", "weights"),
    ]
    assert values["settings"]["plan"] == [[64, 3]]


@pytest.mark.parametrize(
    "text",
    ["", "no json", "[]", "3", "{}", '{"settings": {}}', '{"settings": 3, "impasto": "1"}'],
)
def test_a_damaged_recipe_is_one_sentence(text):
    with pytest.raises(UsageError, match="cannot be read"):
        Recipe.from_json(text)


def test_a_recipe_with_a_setting_of_another_version_names_it(recipe):
    text = recipe.to_json().replace('"size"', '"sise"')
    with pytest.raises(UnknownName, match="sise"):
        Recipe.from_json(text)


def test_a_picture_without_recipe_is_one_sentence(photograph):
    with pytest.raises(PictureError, match="holds no settings"):
        Recipe.of_picture(photograph)


def test_an_input_is_found_at_its_path_and_then_beside_the_picture(photograph, tmp_path):
    recorded = SourceFile.of_file(photograph)
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    picture = folder / "picture.png"
    assert locate(None, recorded, picture, "content") == str(photograph)
    moved = shutil.move(photograph, folder / photograph.name)
    assert locate(None, recorded, picture, "content") == str(moved)


@pytest.fixture
def private(tmp_path, photograph, painting):
    """A recipe of files in one folder, and a place for a picture in another, behind a link."""
    home, shared = tmp_path / "anna", tmp_path / "shared"
    for folder in (home, shared / "deep"):
        folder.mkdir(parents=True)
    files = [shutil.move(path, home / path.name) for path in (photograph, painting)]
    (tmp_path / "link").symlink_to(shared / "deep")
    content, style = map(str, files)
    settings = Settings(
        size=64, plan="64:3", backbone="pocket", init=style, content_mask=[content], weights=None
    )
    recipe = Recipe(
        settings.completed(),
        content=SourceFile.of_file(content),
        styles=(SourceFile.of_file(style), SourceFile.of_values(b"array")),
        init=SourceFile.of_file(style),
        content_masks=(SourceFile.of_file(content),),
        weights=SourceFile("/usr/lib/impasto/vgg19.npz", PACKAGED),
        plugins=(Plugin("skew", f"{home}/skew.py", "ab"),),
    )
    return recipe, tmp_path / "link" / "picture.png"


PACKAGED = next(row.sha256 for row in PUBLISHED.values() if row.in_package)


def test_paths_in_a_file_lead_from_it_to_its_inputs(private, tmp_path):
    recipe, picture = private
    text = recipe.in_file(picture)
    assert str(tmp_path) not in text
    found = json.loads(text)
    assert found["content"]["path"] == "../../anna/photo.png"
    assert found["settings"]["init"] == found["init"]["path"] == "../../anna/painting.jpg"
    assert found["settings"]["content_mask"] == ["../../anna/photo.png"]
    assert found["weights"]["path"] == "vgg19.npz"
    assert found["plugins"][0]["path"] == "../../anna/skew.py"
    content = fields_of(text)["content"]
    for place in (picture, picture.resolve()):
        assert sha256(locate(None, content, place, "content")) == content.sha256
    moved = shutil.move(tmp_path / "anna" / "photo.png", picture.parent / "photo.png")
    assert locate(None, content, picture, "content") == str(moved)


def test_a_file_may_name_no_folder_or_tell_nothing(private, tmp_path):
    recipe, picture = private
    nameless = replace(recipe, settings=recipe.settings.replace(recipe="names"))
    text = nameless.in_file(picture)
    assert "anna" not in text
    assert "/" not in text
    assert json.loads(text)["settings"]["init"] == "painting.jpg"
    assert json.loads(text)["content"]["sha256"] == recipe.content.sha256
    silent = replace(recipe, settings=recipe.settings.replace(recipe="none"))
    assert silent.in_file(picture) is None


def test_a_path_to_another_drive_stays(monkeypatch):
    def no_way(*_):
        raise ValueError("path is on mount 'D:', start on mount 'C:'")

    monkeypatch.setattr("os.path.relpath", no_way)
    assert seen_from(Path("/pictures"), "/photos/a.png") == "/photos/a.png"


def test_what_is_painted_tells_what_was_asked_for(photograph, painting, tmp_path):
    fast = {"size": 16, "iterations": 1, "levels": 1, "backbone": "pocket"}
    for how in ("paths", "names", "none"):
        path = tmp_path / f"{how}.png"
        impasto.stylize(photograph, painting, recipe=how, **fast).save(path)
        if how == "none":
            assert images.read_settings(path) is None
            continue
        found = Recipe.of_picture(path)
        assert (found.content.path, found.styles[0].path) == (photograph.name, painting.name)
        assert str(tmp_path) not in images.read_settings(path)


def test_a_changed_file_at_the_old_path_does_not_hide_the_right_one_beside(photograph, tmp_path):
    recorded = SourceFile.of_file(photograph)
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    copy = shutil.copy(photograph, folder)
    photograph.write_bytes(b"changed")
    assert locate(None, recorded, folder / "picture.png", "content") == str(copy)


def test_what_is_missing_changed_or_was_no_file_is_named(photograph, tmp_path):
    recorded, picture = SourceFile.of_file(photograph), tmp_path / "picture.png"
    photograph.write_bytes(b"changed")
    with pytest.raises(PictureError, match=r"content '.*photo.png' has changed.*--content"):
        locate(None, recorded, picture, "content")
    photograph.unlink()
    with pytest.raises(PictureError, match=r"style '.*photo.png' is missing.*--style"):
        locate(None, recorded, picture, "style")
    with pytest.raises(PictureError, match="was not a file: give one with --content"):
        locate(None, SourceFile.of_values(b""), picture, "content")
    assert locate("given.png", recorded, picture, "content") == "given.png"


def test_given_styles_replace_all(recipe, tmp_path):
    assert locate_all(["a", "b"], recipe.styles, tmp_path / "x.png", "style") == ["a", "b"]


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "[]" * 1_000_000])
def test_a_deep_or_endless_recipe_is_one_sentence(text):
    with pytest.raises(UsageError, match="cannot be read") as caught:
        Recipe.from_json(text)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("path", [5, True, [1], {"a": 1}, "", "a" * 100_000])
def test_a_path_that_no_file_can_have_is_one_sentence(recipe, path):
    values = json.loads(recipe.to_json())
    for what in (values["content"], values["styles"][0]):
        kept, what["path"] = what["path"], path
        with pytest.raises(UsageError, match="a path is") as caught:
            Recipe.from_json(json.dumps(values))
        assert len(str(caught.value)) < 400
        what["path"] = kept


@pytest.mark.parametrize("path", ["a" * 4000, "\ud800", "a\0b", "\x1b[2J"])
def test_an_odd_path_leads_nowhere(path, tmp_path):
    recorded = SourceFile.from_dict({"path": path, "sha256": ""})
    with pytest.raises(PictureError, match="is missing") as caught:
        locate(None, recorded, tmp_path / "picture.png", "content")
    assert str(caught.value).isprintable()
    str(caught.value).encode()


@pytest.mark.parametrize("digest", [5, None, ["a"], "x" * 64, "0" * 65, "\x1b[2J"])
def test_a_hash_that_is_none_is_one_sentence(recipe, digest):
    values = json.loads(recipe.to_json())
    values["content"]["sha256"] = digest
    with pytest.raises(UsageError, match="a hash is"):
        Recipe.from_json(json.dumps(values))


def test_a_recipe_of_thousands_of_pictures_is_refused_before_one_is_read(recipe):
    values = json.loads(recipe.to_json())
    values["styles"] = values["styles"][:1] * 2000
    with pytest.raises(UsageError, match="they name 2000 pictures of a kind: at most 100"):
        Recipe.from_json(json.dumps(values))
    with pytest.raises(SettingsError, match="2000 pictures of a kind are given"):
        prepare("none.png", ["none.png"] * 2000, Settings())
    with pytest.raises(SettingsError, match="2000 pictures of a kind are given"):
        prepare("none.png", "none.png", Settings(content_mask=["none.png"] * 2000))


def test_what_a_file_says_is_shown_and_not_obeyed(recipe, tmp_path, capsys):
    values = json.loads(recipe.to_json())
    values["impasto"] = "0.1\x1b]0;owned\x07\u009b2J\ud800"
    values["content"]["path"] = "\x1b[2J" + "a" * 4000
    path = tmp_path / "a.png"
    images.write(path, np.zeros((16, 16, 3)), settings=json.dumps(values, ensure_ascii=False))
    cli.main(["info", str(path)], standalone_mode=False)
    shown = capsys.readouterr().out
    assert "\\x1b]0;owned\\x07\\x9b2J\\ud800" in shown
    assert shown.replace("\n", "").isprintable()
    assert max(map(len, shown.splitlines())) < 2200
    cli.main(["info", "--json", str(path)], standalone_mode=False)
    printed = capsys.readouterr().out
    assert json.loads(printed) == values
    assert printed.strip().isascii()
    assert printed.strip().isprintable()
