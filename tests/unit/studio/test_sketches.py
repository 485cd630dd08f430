"""Sketches: what the form says, at once, also amid a painting, a film or a sound."""

import numpy as np
import pytest

from impasto.machine import allocator
from impasto.studio import stage
from impasto.studio.film_tasks import FilmTask
from impasto.studio.form import controls
from impasto.studio.regions import MaskFolder
from impasto.studio.sketches import SKETCH, sketch_settings
from impasto.studio.sound_tasks import SoundTask
from impasto.studio.tabs import Tab
from impasto.studio.tasks import Task, TaskState
from tests.support.studio import PATIENCE, SMALL, wait_for

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
    settings = sketch_settings(
        {**form, **slow, "plan": "512:300,4096:100", "tile": 512}
    ).completed()
    assert (settings.backbone, settings.size) == ("pocket", SKETCH["size"])
    assert (settings.plan, settings.auto, settings.tile) == (SKETCH["plan"], False, None)
    assert settings.style_scale == (2,)


def test_the_strength_of_the_dial_is_in_multiples_of_what_is_usual_for_the_quick_network():
    usual = sketch_settings({}).completed().style_weight
    assert sketch_settings({"style_weight": 3.0}).style_weight == pytest.approx(3 * usual)


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


def test_a_photograph_has_no_sketch_of_another_one(studio, tab, draw, pair):
    studio.worker.start()
    first = draw()
    tab.put(0, pair[0])  # the same
    assert tab.sketched == first
    tab.put(0, pair[1])
    assert tab.sketched == ""
    assert draw() not in ("", first)


def test_the_last_sketch_is_seen_until_the_next_one_is_finished(studio, tab, draw):
    studio.worker.start()
    first = draw()
    studio.worker.close()
    studio.sketch(tab, {"style_scale": 1.6}, WEIGHTS)
    assert tab.sketched == first


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


@pytest.mark.parametrize("task", [SoundTask("b", *[None] * 3), FilmTask("b", *[None] * 5)])
def test_it_is_made_amid_sounds_and_films_too(studio, draw, monkeypatch, task):
    def make(self, stop):
        self.state = TaskState.PAINTING
        while not stop():
            pass
        self.state = TaskState.STOPPED

    monkeypatch.setattr(type(task), "make", make)
    studio.worker.ask(task)
    studio.worker.start()
    wait_for(lambda: task.state is TaskState.PAINTING)
    assert draw()
    studio.worker.stop(task)
    wait_for(lambda: task.state.final)


def test_a_painting_has_memory_given_out_as_before_its_sketch(studio, tab, monkeypatch):
    asked = []
    monkeypatch.setattr(allocator, "_keeps", True)
    monkeypatch.setattr(allocator, "_given_back", None)
    monkeypatch.setattr(allocator, "_set", lambda options: asked.append(options))
    allocator.fit_allocator(2**25, tiled=True)
    sketch = studio.sketch(tab, {}, WEIGHTS)
    assert studio.worker.stops(Task("b", tab.content, (), SMALL)) is False
    assert sketch.state is TaskState.DONE
    assert asked[0] == asked[-1]
    assert asked[0] not in asked[1:-1] != []


FORM = {"size": 48, "iterations": 2, "backbone": "pocket"}


def test_paint_takes_the_sketch_onto_the_stage_until_there_is_a_picture(studio, tab, draw):
    studio.worker.start()
    sketch = draw()
    assert sketch in stage.given(tab.content, True, tab.sketched)
    task = studio.paint(tab, FORM, WEIGHTS)
    assert (task.sketch, tab.sketched) == (sketch, "")
    assert sketch in stage.unfinished(studio.store, task, "", None)
    wait_for(lambda: task.state.final)
    tab.advance()
    assert draw(**FORM) == ""  # the stage has the picture
    assert draw(style_scale=1.6)


def test_paint_waits_for_no_sketch_and_takes_none_of_other_settings(studio, tab, draw):
    studio.worker.start()
    assert draw()
    long = studio.paint(tab, {**FORM, "iterations": 100_000}, WEIGHTS)
    wait_for(lambda: long.result is not None)
    studio.worker.close()
    sketch = studio.sketch(tab, {"style_scale": 1.5}, WEIGHTS)  # there is nobody to make it
    assert tab.sketched == ""
    task = studio.paint(tab, {**FORM, "style_scale": 1.5}, WEIGHTS)
    assert (sketch.state, task.sketch) == (TaskState.CANCELED, "")
    assert studio.worker.unfinished() == [task]
    assert studio.sketch(tab, {"style_scale": 1.5, "iterations": 5}, WEIGHTS) is tab.taken
    assert studio.worker.unfinished() == [task]  # what is painted needs none


def test_a_painting_that_fails_gives_its_sketch_back(studio, tab, draw):
    studio.worker.start()
    sketch = draw()
    failed = studio.paint(tab, {**FORM, "device": "cuda:99"}, WEIGHTS)
    wait_for(lambda: failed.state.final)
    assert failed.state is TaskState.FAILED
    assert draw() == sketch


def test_one_that_paint_has_canceled_is_made_when_the_painting_came_to_nothing(studio, tab, draw):
    task = studio.paint(tab, FORM, WEIGHTS)  # before there was a sketch
    assert tab.sketch.state is TaskState.CANCELED
    studio.worker.stop(task)
    studio.worker.start()
    assert draw(**FORM)


def test_sketches_leave_no_masks_but_the_latest(tmp_path):
    folder = MaskFolder(tmp_path / "masks", most=2)
    shades = [np.full((4, 4, 3), shade, np.float32) for shade in (0.0, 0.2, 0.4)]
    files = [folder.keep(shade) for shade in [*shades, shades[1]]]
    assert files[1] == files[3]
    assert sorted(folder.folder.iterdir()) == sorted(files[1:3])


def test_regions_are_sketched_and_not_kept_among_those_of_pictures(studio, tab, draw):
    studio.worker.start()
    plain = draw()
    tab.strokes[0] = np.zeros((24, 32), np.uint8)
    tab.strokes[0][:, :16] = 1
    assert draw() not in ("", plain)
    assert list(studio.masks.folder.glob("*.png")) == []
    assert len(list(studio.sketches.masks.folder.glob("*.png"))) == 1
