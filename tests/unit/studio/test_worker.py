"""The worker: one after another, stop and keep, failures that say why, refusals that help."""

import pytest
from PIL import Image

from impasto.job import resources as memory
from impasto.errors import SettingsError
from impasto.job.prepare import prepare
from impasto.job.recipe import Recipe
from impasto.studio import preview, worker
from impasto.studio.preview import Preview
from impasto.studio.store import Store
from impasto.studio.tasks import State
from impasto.studio.variants import variants
from tests.unit.studio.conftest import SMALL, wait_for


def finish(*tasks):
    wait_for(lambda: all(task.state.final for task in tasks))


def test_a_picture_is_painted_kept_and_can_be_painted_again(studio, ask):
    task = ask()
    studio.worker.start()
    finish(task)
    assert (task.state, task.sentence) == (State.DONE, "")
    recipe = Recipe.of_picture(studio.store.picture(task.entry))
    assert (recipe.settings.size, recipe.settings.iterations) == (48, 2)
    assert recipe.content.path == str(task.photograph.path)
    assert task.entry.evaluations == len(task.entry.curve) == 2
    assert studio.store.latest(5) == [task.entry]


def test_two_pages_take_turns(studio, ask):
    tasks = {"a1": ask("a"), "a2": ask("a"), "b1": ask("b")}
    studio.worker.start()
    finish(*tasks.values())
    names = {task.entry.name: key for key, task in tasks.items()}
    assert [names[entry.name] for entry in reversed(studio.store.latest(5))] == ["a1", "b1", "a2"]


def test_stop_keeps_what_is_painted_and_the_next_one_runs(studio, ask):
    long, after = ask(iterations=100_000), ask()
    studio.worker.start()
    wait_for(lambda: long.latest is not None)
    studio.worker.stop(long)
    finish(long, after)
    assert (long.state, after.state) == (State.STOPPED, State.DONE)
    assert long.entry.stopped
    assert 0 < long.entry.evaluations < 100_000
    assert studio.store.picture(long.entry).is_file()


def test_what_only_waits_is_taken_out_of_the_queue(studio, ask):
    task = ask()
    studio.worker.stop(task)
    assert task.state is State.CANCELED
    assert studio.worker.unfinished() == []


def test_a_failure_is_one_sentence_and_the_next_one_runs(studio, ask):
    bad, good = ask(device="cuda:99"), ask()
    studio.worker.start()
    finish(bad, good)
    assert bad.state is State.FAILED
    assert bad.sentence.startswith("device 'cuda:99' is not available here")
    assert good.state is State.DONE


def test_an_error_on_the_way_keeps_the_picture_so_far(studio, ask, monkeypatch):
    def breaks(job, steps=worker.paint):
        yield next(steps(job))
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory")

    monkeypatch.setattr(worker, "paint", breaks)
    task = ask()
    studio.worker.start()
    finish(task)
    assert task.state is State.FAILED
    assert task.sentence.startswith("there is not enough memory")
    assert studio.store.picture(task.entry).is_file()


def test_a_size_that_does_not_fit_is_refused_with_the_largest_that_does(studio, ask, monkeypatch):
    monkeypatch.setattr(memory, "free_memory", lambda device: 0.3 * memory.GIB)
    refused = ask(size=8000)
    studio.worker.start()
    finish(refused)
    assert refused.state is State.FAILED
    assert refused.sentence.startswith("8000 pixels are too many: the largest size")
    largest = int(refused.sentence.rstrip(".").split()[-1])
    assert 256 <= largest < 8000

    sources = refused.photograph.path, [painting.path for painting in refused.paintings]
    prepare(*sources, SMALL.replace(size=largest))
    with pytest.raises(SettingsError):
        prepare(*sources, SMALL.replace(size=largest + 64))


def test_closing_the_studio_keeps_what_is_being_painted(studio, ask):
    task = ask(iterations=100_000)
    studio.worker.start()
    wait_for(lambda: task.latest is not None)
    studio.worker.close()
    assert not studio.worker.thread.is_alive()
    assert [entry.name for entry in Store(studio.store.folder).entries] == [task.entry.name]


def test_a_finished_task_holds_no_network(studio, ask):
    task = ask()
    studio.worker.start()
    finish(task)
    wait_for(lambda: studio.worker.current is None)
    assert (task.painted, task.latest, task.eta) == (None, None, None)


def test_previews_are_made_for_those_who_watch_and_not_too_often(studio, ask, monkeypatch):
    made = []
    encode = preview.data_uri
    monkeypatch.setattr(preview, "data_uri", lambda progress: made.append(1) or encode(progress))
    task, eye = ask(iterations=100_000), Preview()
    assert eye.of(task) == ""
    studio.worker.start()
    wait_for(lambda: task.latest is not None)
    assert made == []
    first = eye.of(task)
    assert first.startswith("data:image/jpeg;base64,")
    before = task.latest.evaluations
    wait_for(lambda: task.latest.evaluations > before)
    assert eye.of(task) == first
    assert made == [1]
    eye.next = 0.0
    assert eye.of(task) != first
    studio.worker.stop(task)


def test_variants_go_onto_their_sheet_and_not_into_the_history(studio, pair):
    photo, style = pair
    tasks = variants("a", photo, (style,), SMALL.replace(size=32, iterations=1))
    assert len({(t.settings.style_weight, t.settings.style_scale) for t in tasks}) == 9
    studio.worker.ask(tasks[0])
    studio.worker.start()
    finish(tasks[0])
    assert tasks[0].state is State.DONE
    assert tasks[0].picture.startswith("data:image/jpeg")
    assert studio.store.latest(5) == []


def test_variants_need_a_strength_to_vary(pair):
    with pytest.raises(SettingsError, match="turn it off"):
        variants("a", pair[0], pair[1:], SMALL.replace(auto=True))


def test_the_copies_for_the_page_have_the_shape_of_the_picture(studio, ask):
    task = ask(size=64)
    studio.worker.start()
    finish(task)
    for kind in ("after", "before", "small"):
        with Image.open(studio.store.file(task.entry, kind)) as copy:
            assert copy.size == (64, 48)
