"""Sketches: what the form says, at once, also amid a painting, a film or a sound."""

import pytest

from impasto.machine import allocator
from impasto.studio import stage
from impasto.studio.form import controls
from impasto.studio.sketches import SKETCH, sketched
from impasto.studio.sound_tasks import SoundTask
from impasto.studio.tabs import Tab
from impasto.studio.tasks import TaskState
from tests.support.studio import PATIENCE, wait_for

WEIGHTS = [1.0, 1.0, 1.0, 1.0]


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setitem(SKETCH, "size", 32)
    monkeypatch.setitem(SKETCH, "plan", ((32, 6),))


@pytest.fixture
def tab(studio, pair) -> Tab:
    """A page with a photograph and a painting on it."""
    tab = studio.tabs.of("a")
    for place, picture in enumerate(pair):
        tab.put(place, picture)
    return tab


@pytest.fixture
def draw(studio, tab):
    """Sketch what a form says, and return the sketch as the page shows it."""

    def make(**values: object) -> str:
        task = studio.sketch(tab, values, WEIGHTS)
        studio.worker.wait(task, PATIENCE)
        tab.advance()
        return tab.sketched

    return make


def test_whatever_the_form_says_a_sketch_is_small_and_by_the_quick_network():
    form = {each.name: each.value for each in controls()}
    slow = {"backbone": "vgg19", "size": 4096, "iterations": 5000, "auto": True, "style_scale": 2}
    settings = sketched({**form, **slow, "plan": "512:300,4096:100", "tile": 512}).completed()
    assert (settings.backbone, settings.size) == ("pocket", SKETCH["size"])
    assert (settings.plan, settings.auto, settings.tile) == (SKETCH["plan"], False, None)
    assert settings.style_scale == (2,)


def test_the_strength_of_the_dial_is_in_multiples_of_what_is_usual_for_the_quick_network():
    usual = sketched({}).completed().style_weight
    assert sketched({"style_weight": 3.0}).style_weight == pytest.approx(3 * usual)


def test_a_sketch_follows_the_dials_and_is_not_kept(studio, draw):
    studio.worker.start()
    first = draw()
    assert first.startswith("data:image/jpeg;base64,")
    assert draw(style_scale=1.6) != first
    assert studio.store.all() == []


def test_what_was_sketched_already_is_not_sketched_again(studio, tab):
    first = studio.sketch(tab, {"size": 512}, WEIGHTS)
    assert studio.sketch(tab, {"size": 1024}, WEIGHTS) is first
    second = studio.sketch(tab, {"style_scale": 2}, WEIGHTS)
    assert second is not first
    assert (first.state, studio.worker.unfinished()) == (TaskState.CANCELED, [second])


def test_a_form_that_says_nothing_that_can_be_painted_has_no_sketch(studio, tab, draw):
    studio.worker.start()
    assert draw()
    assert studio.sketch(tab, {"style_scale": "nonsense"}, WEIGHTS) is None
    assert tab.sketched == ""
    assert draw()
    tab.put(1, None)
    assert studio.sketch(tab, {}, WEIGHTS) is None
    assert tab.sketched == ""


def test_one_that_fails_takes_the_last_one_away_and_says_nothing(studio, draw):
    studio.worker.start()
    assert draw()
    assert draw(device="cuda:99") == ""


def test_another_photograph_has_no_sketch_until_it_is_made(studio, tab, draw, pair):
    studio.worker.start()
    assert draw()
    tab.put(0, pair[0])  # the same
    assert tab.sketched
    tab.put(0, pair[1])
    assert (tab.sketch, tab.sketched) == (None, "")


def test_it_is_made_between_two_evaluations_of_what_is_painted(studio, ask, draw):
    long = ask(iterations=100_000)
    studio.worker.start()
    wait_for(lambda: long.result is not None)
    assert draw(style_scale=1.5)
    assert long.state is TaskState.PAINTING
    assert studio.worker.current is long
    studio.worker.stop(long)
    wait_for(lambda: long.state.final)
    assert (long.state, studio.store.latest(5)) == (TaskState.STOPPED, [long.entry])
    film = studio.store.film(long.entry)
    wait_for(film.is_file)  # of the picture, not of the sketch


def test_it_is_made_amid_sounds_and_films_too(studio, draw, monkeypatch):
    def make(self, stop):
        self.state = TaskState.PAINTING
        while not stop():
            pass
        self.state = TaskState.STOPPED

    monkeypatch.setattr(SoundTask, "make", make)
    task = SoundTask("b", None, None, None)
    studio.worker.ask(task)
    studio.worker.start()
    wait_for(lambda: task.state is TaskState.PAINTING)
    assert draw()
    studio.worker.stop(task)
    wait_for(lambda: task.state.final)


def test_a_painting_has_memory_given_out_as_before_its_sketch(monkeypatch):
    asked = []
    monkeypatch.setattr(allocator, "_keeps", True)
    monkeypatch.setattr(allocator, "_given_back", None)
    monkeypatch.setattr(allocator, "_set", lambda options: asked.append(options))
    allocator.fit_allocator(2**25, tiled=True)
    with allocator.allocator_as_it_was():
        allocator.fit_allocator(2**15, tiled=False)
    assert asked[0] == asked[2] != asked[1]


def test_paint_takes_the_sketch_onto_the_stage_until_there_is_a_picture(studio, tab, draw):
    studio.worker.start()
    sketch = draw()
    assert sketch in stage.given(tab.content, True, tab.sketched)
    form = {"size": 48, "iterations": 2, "backbone": "pocket"}
    task = studio.paint(tab, form, WEIGHTS)
    assert (task.sketch, tab.sketched) == (sketch, "")
    assert sketch in stage.unfinished(studio.store, task, "", None)
    wait_for(lambda: task.state.final)


def test_paint_waits_for_no_sketch(studio, tab):
    sketch = studio.sketch(tab, {}, WEIGHTS)
    task = studio.paint(tab, {"size": 48, "backbone": "pocket"}, WEIGHTS)
    assert sketch.state is TaskState.CANCELED
    assert studio.worker.unfinished() == [task]
    assert studio.sketch(tab, {"iterations": 5}, WEIGHTS) is sketch  # what is painted needs none
    assert studio.sketch(tab, {"style_scale": 2}, WEIGHTS) is not sketch
