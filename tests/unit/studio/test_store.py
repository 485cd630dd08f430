"""The history: complete or not there, found again after a restart."""

import json

import pytest

from impasto import samples
from impasto.job import prepare
from impasto.run import Result, run
from impasto.studio.store import POINTS, Store, thin
from tests.support.studio import SMALL


@pytest.fixture(scope="module")
def painted() -> Result:
    sources = samples.photograph("coffee"), samples.painting("ink")
    *_, result = run(prepare(*sources, SMALL.replace(size=32)))
    return result


def test_what_is_added_is_found_again_after_a_restart_latest_first(tmp_path, painted):
    store = Store(tmp_path)
    first = store.add(painted, "one", "a" * 32, ("b" * 32,))
    second = store.add(painted, "two", "a" * 32, ("b" * 32,), stopped=True)
    again = Store(tmp_path)
    assert again.latest(5) == [second, first]
    assert again.latest(1) == [second]
    assert again.find(first.name) == first
    assert again.recipe(first).settings == painted.recipe.settings


@pytest.mark.parametrize("damage", ["half a file", "[]", "{}", '{"name": 1}', "other name"])
def test_a_damaged_entry_is_left_out_and_the_others_stay(tmp_path, painted, damage):
    store = Store(tmp_path)
    bad, good = (store.add(painted, title, "a" * 32, ()) for title in ("bad", "good"))
    file = tmp_path / f"{bad.name}.json"
    if damage == "other name":
        damage = json.dumps({**json.loads(file.read_text()), "name": "../../x"})
    file.write_text(damage)
    assert Store(tmp_path).latest(5) == [good]


def test_an_entry_without_its_picture_is_left_out(tmp_path, painted):
    store = Store(tmp_path)
    entry = store.add(painted, "one", "a" * 32, ())
    store.picture(entry).unlink()
    assert Store(tmp_path).latest(5) == []


def test_what_is_removed_leaves_nothing_behind(tmp_path, painted):
    store = Store(tmp_path)
    store.remove(store.add(painted, "one", "a" * 32, ()))
    assert list(tmp_path.iterdir()) == []
    assert store.latest(5) == []


@pytest.mark.parametrize("name", [None, "", "../x", 3, ["a"]])
def test_a_name_that_is_not_there_is_not_found(tmp_path, name):
    assert Store(tmp_path).find(name) is None


@pytest.mark.parametrize("count", [0, 1, 2, POINTS, POINTS + 1, 12345])
def test_a_thinned_curve_keeps_both_ends(count):
    curve = [(index, 1.0 / (index + 1)) for index in range(count)]
    kept = thin(curve)
    assert len(kept) <= POINTS + 1
    assert list(kept[:1] + kept[-1:]) == curve[:1] + curve[-1:]
    assert list(kept) == sorted(kept)
