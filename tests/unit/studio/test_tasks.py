"""The queue is fair: pages take turns."""

import threading
from pathlib import Path

import pytest

from impasto.settings import Settings
from impasto.studio.inputs import Upload
from impasto.studio.tasks import Queue, Task, TaskState, Turn
from tests.support.studio import PATIENCE, wait_for


def task(session: str, label: str = "photo") -> Task:
    picture = Upload("0" * 32, label, Path("photo.png"), Path("photo.jpg"), ())
    return Task(session, picture, (picture,), Settings(backbone="pocket"))


@pytest.mark.parametrize(
    ("asked", "painted"),
    [
        (["a1", "a2", "a3", "b1"], ["a1", "b1", "a2", "a3"]),
        (["a1", "b1", "b2", "a2", "c1"], ["a1", "b1", "c1", "a2", "b2"]),
        (["a1"], ["a1"]),
        ([], []),
    ],
)
def test_pages_take_turns_and_each_keeps_its_order(asked, painted):
    queue = Queue()
    for name in asked:
        queue.put(task(name[0], name))
    assert [each.content.label for each in queue.order()] == painted
    assert [queue.take().content.label for _ in painted] == painted
    assert queue.order() == []


def test_the_order_shown_holds_after_each_turn():
    queue = Queue()
    for name in ["a1", "a2", "b1", "b2"]:
        queue.put(task(name[0], name))
    for _ in range(4):
        shown = queue.order()
        assert queue.take() is shown[0]
        assert queue.order() == shown[1:]


def test_a_waiting_task_can_be_taken_out_once():
    queue, first, second = Queue(), task("a"), task("a")
    queue.put(first)
    queue.put(second)
    assert queue.remove(first)
    assert not queue.remove(first)
    assert queue.take() is second


def test_whoever_waits_is_woken_by_a_task_and_by_the_end():
    queue, taken = Queue(), []

    def wait() -> None:
        while (got := queue.take()) is not None:
            taken.append(got)

    thread = threading.Thread(target=wait)
    thread.start()
    asked = task("a")
    queue.put(asked)
    wait_for(lambda: taken)
    queue.close()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert taken == [asked]


def test_a_task_has_done_nothing_before_it_begins_and_all_at_its_end():
    asked = task("a")
    assert asked.share == 0
    asked.state = TaskState.FAILED
    assert asked.share == 1
    assert asked.title == "photo in the style of photo"


def test_a_page_that_has_just_had_a_turn_waits_for_the_others():
    queue = Queue()
    first, second, other = task("a"), task("a"), task("b")
    queue.put(first)
    assert queue.take() is first
    queue.put(second)
    queue.put(other)
    assert queue.order() == [other, second]
    assert queue.take() is other


def test_what_is_wanted_at_once_comes_first_and_what_nobody_asked_for_last():
    queue, behind = Queue(), [task("a", label) for label in ("g1", "g2")]
    for each in behind:
        each.turn = Turn.BEHIND
        queue.put(each)
    assert queue.take() is behind[0]
    assert queue.take_at_once() is None
    at_once = task("a", "s1")
    at_once.turn = Turn.AT_ONCE
    for each in (task("a", "a1"), task("a", "a2"), at_once):
        queue.put(each)
    assert [each.content.label for each in queue.order()] == ["s1", "a1", "a2", "g2"]
    assert queue.take_at_once() is at_once
    assert queue.take_at_once() is None
    assert [queue.take().content.label for _ in range(3)] == ["a1", "a2", "g2"]


def test_a_page_that_has_had_many_sketches_has_its_turn_all_the_same():
    queue = Queue()
    for _ in range(3):
        sketch = task("a")
        sketch.turn = Turn.AT_ONCE
        queue.put(sketch)
        assert queue.take() is sketch
    first, second = task("a"), task("b")
    queue.put(first)
    queue.put(second)
    assert queue.order() == [first, second]


def test_a_closed_queue_gives_out_nothing():
    queue, sketch = Queue(), task("a")
    sketch.turn = Turn.AT_ONCE
    queue.put(sketch)
    queue.close()
    assert queue.take_at_once() is None
    assert queue.take() is None
