"""run: who follows a painting is told when it begins, of every step, and how it ends."""

import pytest
import torch

import impasto
from impasto.errors import UsageError
from impasto.job import prepare
from impasto.optimize import loop
from impasto.run import Recorder, run
from impasto.settings import Settings

SETTINGS = Settings(size=40, plan="20:3,40:3", precision="float32", backbone="pocket")


class Diary(Recorder):
    """Writes down what it is told."""

    def __init__(self, entries: list[str], name: str = "") -> None:
        self.entries, self.name = entries, name

    def begin(self, result):
        self.entries.append(f"{self.name}begin")

    def add(self, step):
        self.entries.append(f"{self.name}{step.index}")

    def close(self, finished):
        self.entries.append(f"{self.name}{'finished' if finished else 'closed'}")


@pytest.fixture
def job(photograph, painting):
    return prepare(photograph, painting, SETTINGS)


def test_recorders_are_told_of_every_step_in_order_and_closed_in_the_reverse_order(job):
    entries = []
    results = list(run(job, [Diary(entries, "a "), Diary(entries, "b ")]))
    steps = [f"{name} {index}" for index in range(1, 7) for name in "ab"]
    assert entries == ["a begin", "b begin", *steps, "b finished", "a finished"]
    assert len({id(result) for result in results}) == 1  # one painting that grows
    assert results[-1].is_complete


def test_who_breaks_off_closes_the_recorders(job):
    entries = []
    results = run(job, [Diary(entries)])
    for result in results:
        if result.evaluations == 2:
            break
    results.close()
    assert entries == ["begin", "1", "2", "closed"]
    assert result.settings.plan == ((20, 2),)


@pytest.fixture
def threads(monkeypatch):
    """The numbers of threads with which losses are evaluated."""
    found, accept = set(), loop.accept

    def spy(*arguments):
        found.add(torch.get_num_threads())
        return accept(*arguments)

    monkeypatch.setattr(loop, "accept", spy)
    return found


def test_its_threads_are_its_own(photograph, painting, threads):
    """Also between two steps, where the caller computes, and whether or not it comes to an end."""
    before = torch.get_num_threads()
    fast = {"size": 20, "plan": "20:2", "backbone": "pocket", "threads": before + 1}
    for _ in impasto.stylize_steps(photograph, painting, **fast):
        assert torch.get_num_threads() == before
        break
    impasto.stylize(photograph, painting, **fast).save(photograph.with_suffix(".out.png"))
    assert torch.get_num_threads() == before
    assert threads == {before + 1}


def test_threads_are_given_back_by_a_run_that_fails(photograph, painting, monkeypatch):
    before = torch.get_num_threads()
    fast = {"size": 20, "plan": "20:2", "backbone": "pocket", "threads": before + 1}
    monkeypatch.setattr(loop, "accept", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        impasto.reconstruct(photograph, content_layers="relu1_1", **fast)
    with pytest.raises(UsageError):
        impasto.stylize(photograph, painting, **fast, content_mask=[painting] * 3)
    assert torch.get_num_threads() == before


def test_it_stops_after_the_evaluation_at_which_it_is_asked_to(job):
    entries, asked = [], []

    def stop():
        asked.append(entries[-1])
        return len(asked) == 4

    results = list(run(job, [Diary(entries)], stop=stop))
    assert asked == ["1", "2", "3", "4"]
    assert entries == ["begin", "1", "2", "3", "4", "closed"]
    assert results[-1].settings.plan == ((20, 3), (40, 1))


def test_an_error_closes_the_recorders_also_one_of_theirs(job, monkeypatch):
    entries, real = [], loop.accept

    def failing(state, at):
        if state.iteration == 2:
            raise RuntimeError("broken")
        return real(state, at)

    class Breaking(Diary):
        def close(self, finished):
            super().close(finished)
            raise OSError("no room")

    monkeypatch.setattr(loop, "accept", failing)
    with pytest.raises(RuntimeError, match="broken"):
        list(run(job, [Diary(entries, "a "), Diary(entries, "b ")]))
    assert entries == ["a begin", "b begin", "a 1", "b 1", "b closed", "a closed"]
    entries.clear()
    with pytest.raises(OSError, match="no room"):
        list(run(job, [Diary(entries, "a "), Breaking(entries, "b ")]))
    assert entries == ["a begin", "b begin", "a 1", "b 1", "b closed", "a closed"]


@pytest.mark.parametrize("needs", [{"auto": True}, {"fine_style": "photograph"}], ids=str)
def test_a_painting_that_needs_others_first_never_begins_if_they_are_stopped(
    photograph, painting, needs
):
    if "fine_style" in needs:
        needs = {"fine_style": str(photograph)}
    job = prepare(photograph, painting, SETTINGS.replace(**needs))
    entries, before = [], []
    asked = iter([False, True, True])

    results = run(
        job, [Diary(entries)], follow=lambda other: [Diary(before)], stop=lambda: next(asked)
    )
    assert list(results) == []
    assert entries == []
    assert before == ([] if job.settings.auto else ["begin", "1", "2", "closed"])
    assert next(asked, None) is None
