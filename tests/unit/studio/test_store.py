"""The history: complete or not there, found again after a restart."""

import json

import numpy as np
import pytest

from impasto import images, samples
from impasto.job import prepare
from impasto.run import Result, run
from impasto.studio.details import details
from impasto.studio.entry import CURVE_POINTS, thin
from impasto.studio.store import Store
from impasto.studio.studio import Studio
from tests.support.studio import SMALL


@pytest.fixture(scope="module")
def painted() -> Result:
    sources = samples.photograph("coffee"), samples.painting("ink")
    return [*run(prepare(*sources, SMALL.replace(size=32)))][-1]


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


def test_what_is_removed_comes_back_until_another_is_removed_or_the_studio_begins_anew(
    tmp_path, painted
):
    store = Store(tmp_path)
    first, second = (store.add(painted, title, "a" * 32, ()) for title in ("one", "two"))
    store.remove(first)
    assert store.latest(5) == [second]
    assert store.put_back(first)
    assert store.latest(5) == [second, first]
    assert store.recipe(first).settings == painted.recipe.settings
    store.remove(first)
    store.remove(second)
    assert not store.put_back(first)
    assert [path.name for path in tmp_path.iterdir()] == ["removed"]
    again = Store(tmp_path)
    assert again.latest(5) == list(tmp_path.iterdir()) == []
    assert not again.put_back(second)


def test_a_star_survives_a_restart(tmp_path, painted):
    store = Store(tmp_path)
    entry = store.star(store.add(painted, "one", "a" * 32, ()))
    assert entry.starred
    assert store.latest(1) == Store(tmp_path).latest(1) == [entry]
    assert not store.star(entry).starred


@pytest.mark.parametrize("name", [None, "", "../x", 3, ["a"]])
def test_a_name_that_is_not_there_is_not_found(tmp_path, name):
    assert Store(tmp_path).find(name) is None


@pytest.mark.parametrize("count", [0, 1, 2, CURVE_POINTS, CURVE_POINTS + 1, 12345])
def test_a_thinned_curve_keeps_both_ends(count):
    curve = [(index, 1.0 / (index + 1)) for index in range(count)]
    kept = thin(curve)
    assert len(kept) <= CURVE_POINTS + 1
    assert list(kept[:1] + kept[-1:]) == curve[:1] + curve[-1:]
    assert list(kept) == sorted(kept)


OF_0_1_0 = {
    "name": "9d8832f6eba94214405d5255",
    "title": "coffee in the style of ink",
    "photograph": "photograph-coffee",
    "paintings": ["painting-ink"],
    "width": 48,
    "height": 32,
    "evaluations": 2,
    "seconds": 0.5889055419993383,
    "stopped": False,
    "created": 1795820666.3663988,
    "curve": [[1, 365.925537109375], [2, 154.85107421875]],
    "content_masks": [],
    "style_masks": [],
}
RECIPE_OF_0_1_0 = (
    '{"impasto": "0.1.0", "settings": {"size": 48, "style_weight": 100.0, "auto": false, '
    '"content_weight": 1.0, "tv_weight": 2.0, "style_scale": [1.0], "style_blend": [], "init": '
    '"content", "init_noise": 0.0, "seed": 0, "color": "style", "content_mask": [], "style_mask": '
    '[], "protect_faces": false, "protect_edges": 0.0, "photoreal": false, "photoreal_weight": '
    '0.0, "finish": "none", "iterations": 2, "levels": 1, "plan": [[48, 2]], "converge": 0.0, '
    '"continuation": 0, "optimizer": "lbfgs", "learning_rate": 1.0, "history": 10, "backbone": '
    '"pocket", "pooling": "avg", "rescale": "none", "content_layers": [["relu4_2", 1.0]], '
    '"style_layers": [["relu1_1", 1.0], ["relu2_1", 1.0], ["relu3_1", 1.0], ["relu4_1", 1.0], '
    '["relu5_1", 1.0]], "style_loss": [["gram", 1.0]], "balance": false, "normalization": '
    '"relative", "tv": "squared", "device": "cpu", "precision": "float32", "threads": 1, "tile": '
    '0, "bits": 8, "keep_alpha": false}, "content": {"path": "/home/ann/coffee.jpg", "sha256": '
    '"dd8bb6e4ae34deabeb4337a0a71c42939a13e20d88a23853bb0f628f403a1f7c"}, "styles": [{"path": '
    '"/home/ann/ink.jpg", "sha256": '
    '"36185fc2e4a7009f27d1a8be8bd53d9cde4d6a6d502e92c3bc0a36323435f87b"}], "init": null, '
    '"fine_style": null, "content_masks": [], "style_masks": [], "weights": null}'
)
"""What version 0.1.0 wrote beside and into a picture of the history, but for the paths."""


def test_a_picture_of_version_0_1_0_is_shown_restored_and_continued(tmp_path):
    folder, name = tmp_path / "pictures", OF_0_1_0["name"]
    folder.mkdir()
    (folder / f"{name}.json").write_text(json.dumps(OF_0_1_0, indent=1))
    rgb = np.full((32, 48, 3), 0.5, np.float32)
    images.write(folder / f"{name}.png", rgb, settings=RECIPE_OF_0_1_0)
    studio = Studio(tmp_path)
    tab, values = studio.tabs.of("a"), {"iterations": 3}
    entry = studio.history.show(tab, name)
    assert studio.store.latest(5) == [entry]
    assert (entry.content, entry.styles) == ("photograph-coffee", ("painting-ink",))
    assert (entry.title, entry.curve[1]) == (OF_0_1_0["title"], (2, 154.85107421875))
    assert "style_weight" in details(studio.store, entry, studio.store.recipe(entry))
    assert "and the pictures" in studio.restore(tab, studio.store.recipe(entry))
    assert [one and one.name for one in tab.pictures[:2]] == ["photograph-coffee", "painting-ink"]
    task = studio.resume(tab, values, larger=False)
    assert (task.content.name, task.styles[0].name) == ("photograph-coffee", "painting-ink")
    assert task.settings.plan == ((48, 3),)


def test_new_entries_are_written_with_the_names_of_now(tmp_path, painted):
    entry = Store(tmp_path).add(painted, "one", "a" * 32, ("b" * 32,))
    written = json.loads((tmp_path / f"{entry.name}.json").read_text())
    assert (written["content"], written["styles"]) == ("a" * 32, ["b" * 32])
    assert not {"photograph", "paintings"} & set(written)
