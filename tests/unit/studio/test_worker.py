"""The worker: one after another, stop and keep, failures that say why, refusals that help."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

from impasto.errors import SettingsError
from impasto.job import Recipe, prepare
from impasto.job import resources as memory
from impasto.studio import preview, worker
from impasto.studio.preview import Preview
from impasto.studio.store import Store
from impasto.studio.tasks import TaskState
from impasto.studio.variants import variants
from tests.support.studio import SMALL, wait_for


def finish(*tasks):
    wait_for(lambda: all(task.state.final for task in tasks))


def test_a_picture_is_painted_kept_and_can_be_painted_again(studio, ask):
    task = ask()
    studio.worker.start()
    finish(task)
    assert (task.state, task.sentence) == (TaskState.DONE, "")
    recipe = Recipe.of_picture(studio.store.picture(task.entry))
    assert (recipe.settings.size, recipe.settings.iterations) == (48, 2)
    path = Path(recipe.content.path)  # from the picture on: of no folder of the painter's
    assert not path.is_absolute()
    assert (studio.store.folder / path).resolve() == task.content.path.resolve()
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
    wait_for(lambda: long.result is not None)
    studio.worker.stop(long)
    finish(long, after)
    assert (long.state, after.state) == (TaskState.STOPPED, TaskState.DONE)
    assert long.entry.stopped
    assert 0 < long.entry.evaluations < 100_000
    assert studio.store.picture(long.entry).is_file()


def test_what_only_waits_is_taken_out_of_the_queue(studio, ask):
    task = ask()
    studio.worker.stop(task)
    assert task.state is TaskState.CANCELED
    assert studio.worker.unfinished() == []


def test_a_failure_is_one_sentence_and_the_next_one_runs(studio, ask):
    bad, good = ask(device="cuda:99"), ask()
    studio.worker.start()
    finish(bad, good)
    assert bad.state is TaskState.FAILED
    assert bad.sentence.startswith("device 'cuda:99' is not available here")
    assert good.state is TaskState.DONE


def test_an_error_on_the_way_keeps_the_picture_so_far(studio, ask, monkeypatch):
    def breaks(job, run=worker.run, **more):
        yield next(run(job, **more))
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory")

    monkeypatch.setattr(worker, "run", breaks)
    task = ask()
    studio.worker.start()
    finish(task)
    assert task.state is TaskState.FAILED
    assert task.sentence.startswith("there is not enough memory")
    assert studio.store.picture(task.entry).is_file()


def test_a_size_that_does_not_fit_is_refused_with_the_largest_that_does(studio, ask, monkeypatch):
    monkeypatch.setattr(memory, "free_memory", lambda device: 0.3 * memory.GIB)
    refused = ask(size=8000)
    studio.worker.start()
    finish(refused)
    assert refused.state is TaskState.FAILED
    assert refused.sentence.startswith("8000 pixels are too many: the largest size")
    largest = int(refused.sentence.rstrip(".").split()[-1])
    assert 256 <= largest < 8000

    sources = refused.content.path, [style.path for style in refused.styles]
    prepare(*sources, SMALL.replace(size=largest))
    with pytest.raises(SettingsError):
        prepare(*sources, SMALL.replace(size=largest + 64))


def test_closing_the_studio_keeps_what_is_being_painted(studio, ask):
    task = ask(iterations=100_000)
    studio.worker.start()
    wait_for(lambda: task.result is not None)
    studio.worker.close()
    assert not studio.worker.thread.is_alive()
    assert [entry.name for entry in Store(studio.store.folder).entries] == [task.entry.name]


def test_a_finished_task_holds_no_network(studio, ask):
    task = ask()
    studio.worker.start()
    finish(task)
    wait_for(lambda: studio.worker.current is None)
    assert (task.result, task.eta) == (None, None)


def test_previews_are_made_for_those_who_watch_and_not_too_often(studio, ask, monkeypatch):
    made, clock, encode = [], [100.0], preview.data_uri

    def encoded(result):
        made.append(result.evaluations)
        clock[0] += 1.0  # as long as this takes
        return encode(result)

    monkeypatch.setattr(preview, "data_uri", encoded)
    monkeypatch.setattr(preview, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    task, eye = ask(iterations=100_000), Preview()
    assert eye.of(task) == ""
    studio.worker.start()
    wait_for(lambda: task.result is not None)
    assert made == []
    first = eye.of(task)
    assert first.startswith("data:image/jpeg;base64,")
    wait_for(lambda: task.result.evaluations > made[0] + 2)
    clock[0] = 100.0 + 1.0 / preview.SHARE_OF_TIME - 0.01
    assert eye.of(task) == first
    assert len(made) == 1
    clock[0] = 100.0 + 1.0 / preview.SHARE_OF_TIME
    eye.of(task)
    assert len(made) == 2
    assert made[1] > made[0]
    studio.worker.stop(task)


def test_variants_go_onto_their_sheet_and_not_into_the_history(studio, pair):
    photo, style = pair
    tasks = variants("a", photo, (style,), SMALL.replace(size=32, iterations=1))
    assert len({(t.settings.style_weight, t.settings.style_scale) for t in tasks}) == 9
    studio.worker.ask(tasks[0])
    studio.worker.start()
    finish(tasks[0])
    assert tasks[0].state is TaskState.DONE
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
