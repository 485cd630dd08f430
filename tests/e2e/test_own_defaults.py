"""impasto.toml: defaults of one's own, and what wins over them."""

import json

import pytest

FAST = ("--backbone", "pocket", "--size", "32", "--iterations", "2", "--levels", "1")


@pytest.fixture
def places(impasto, tmp_path, monkeypatch):
    """The working folder, which is entered, and the user's own folder."""
    here, own = tmp_path / "here", tmp_path / "own"
    for folder in (here, own):
        folder.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.delenv("IMPASTO_CONFIG")
    monkeypatch.setattr("impasto.cli.own_defaults.platformdirs.user_config_path", lambda _: own)
    return here, own


def written(folder, text: str) -> None:
    (folder / "impasto.toml").write_text(text, encoding="utf-8")


def test_options_win_over_the_folder_over_the_user(impasto, places, photograph, painting):
    here, own = places
    written(own, 'seed = 3\ntv-weight = 5\nstyle-weight = 7\nrecipe = "names"')
    written(here, "tv-weight = 6\nstyle_weight = 8")
    done = impasto("paint", photograph, painting, "-o", "a.png", *FAST, "--style-weight", 9)
    assert done.code == 0, done.err
    settings = json.loads(impasto("info", "a.png", "--json").out)["settings"]
    found = [settings[name] for name in ("style_weight", "tv_weight", "seed", "recipe")]
    assert found == [9, 6, 3, "names"]


def test_an_own_default_gives_way_to_what_it_cannot_stand_beside(impasto, places, photograph):
    here, _ = places
    written(here, 'style-weight = 8\niterations = 90\nlevels = 2\npreset = "gatys2016"')
    for options in (["--plan", "32:1"], ["--plan", "32:1", "--preset", "kang"]):
        done = impasto("paint", photograph, photograph, "-o", "a.png", "--size", 32,
                       "--backbone", "pocket", *options)  # fmt: skip
        assert done.code == 0, done.err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("siez = 3", "unknown setting 'siez': did you mean 'size'?"),
        ("size = 3", "size is 3: it must be from 16"),
        ("size =", "cannot be read"),
        ('preset = "papre"', "did you mean 'paper'?"),
    ],
)
def test_a_wrong_file_is_one_sentence_with_its_name(impasto, places, photograph, text, words):
    here, _ = places
    written(here, text)
    done = impasto("paint", photograph, photograph)
    assert done.code == 2
    assert done.err.startswith(f"impasto: '{here / 'impasto.toml'}'")
    assert words in done.err


def test_a_contradiction_names_the_file(impasto, places, photograph):
    here, _ = places
    written(here, 'color-match = "cholesky"\ncolor = "content"')
    done = impasto("paint", photograph, photograph, "--color", "style")
    assert done.code == 2
    assert f"(color_match of '{here / 'impasto.toml'}' count, too.)" in done.err


def test_paths_lead_on_from_the_folder_of_the_file(impasto, places):
    _, own = places
    written(own, 'weights = "mine.safetensors"\ninit = "noise"')
    found = impasto("config").out
    assert f"weights           {own / 'mine.safetensors'} " in found
    assert "init              noise " in found


def test_config_shows_what_holds_and_why(impasto, places, monkeypatch):
    here, own = places
    written(here, "size = 768")
    lines = impasto("config").out.splitlines()
    assert f"size              768{'':30}{here / 'impasto.toml'}" in lines
    assert any(line.split() == ["optimizer", "lbfgsb", "usual"] for line in lines)
    assert any(line.startswith("plan ") and line.endswith("from the others") for line in lines)
    assert lines[-1] == f"not there: {own / 'impasto.toml'}"
    monkeypatch.setenv("IMPASTO_CONFIG", "")
    assert "768 " not in impasto("config").out
