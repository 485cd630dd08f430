import json
import shutil

import pytest

from impasto.errors import PictureError, UnknownName, UsageError
from impasto.job.recipe import Recipe, SourceFile, locate, locate_all
from impasto.settings import Settings


@pytest.fixture
def recipe(photograph, painting) -> Recipe:
    return Recipe(
        Settings(size=64, plan="64:3", backbone="pocket").completed(),
        content=SourceFile.of_file(photograph),
        styles=(SourceFile.of_file(painting), SourceFile.of_values(b"array")),
        init=SourceFile.of_file(photograph),
    )


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
