"""The sample styles on a photograph, and what a page does with finished pictures."""

import json

import pytest

from impasto.errors import PictureError
from impasto.studio.choices import blind, styles
from impasto.studio.gallery import GALLERY
from impasto.studio.stage import given, unfinished
from impasto.studio.tabs import Tab
from impasto.studio.tasks import TaskState, Turn
from tests.support.studio import upload, wait_for


@pytest.fixture
def quick(monkeypatch):
    small = GALLERY.replace(size=32, plan=((32, 1),))
    monkeypatch.setattr("impasto.studio.gallery.GALLERY", small)


def test_a_photograph_is_painted_in_every_sample_style_once(studio, pair, quick):
    content, _ = pair
    assert studio.gallery.of(None) == {}
    assert studio.gallery.of(content) == {}
    assert all(
        task.turn is Turn.BEHIND and task.store is None for task in studio.worker.unfinished()
    )
    studio.worker.start()
    samples = studio.inputs.samples("painting")
    wait_for(lambda: len(studio.gallery.of(content)) == len(samples))
    wait_for(lambda: not studio.worker.unfinished())
    assert studio.store.all() == []
    page = styles(samples, studio.gallery.of(content), samples[0])
    assert page.count("data:image/jpeg") == page.count('class="inset"') == len(samples)
    assert page.count("aria-pressed") == 1


def test_another_photograph_takes_the_place_of_what_waits(studio, pair):
    first, second = pair
    studio.gallery.of(first)
    studio.gallery.of(second)
    assert {task.content for task in studio.worker.unfinished()} == {second}
    studio.gallery.of(first)
    assert {task.content for task in studio.worker.unfinished()} == {first}


@pytest.fixture
def shown(studio, ask):
    """A page, and two finished pictures, the latest first."""
    studio.worker.start()
    tasks = [ask(), ask(style_weight=3)]
    wait_for(lambda: all(task.state is TaskState.DONE for task in tasks))
    tab = Tab("a")
    studio.history.show(tab, studio.store.latest(2)[0].name)
    return tab, studio.store.latest(2)


def test_the_next_picture_that_is_chosen_stands_beside(studio, shown):
    tab, (one, other) = shown
    assert "Choose" in studio.history.compare(tab)
    studio.history.show(tab, other.name)
    assert (tab.entry, tab.beside) == (one, other)
    assert studio.history.compare(tab) == ""
    assert tab.beside is None


def test_what_was_removed_is_put_back_once(studio, shown):
    tab, (one, other) = shown
    studio.history.remove(tab)
    assert (tab.entry, tab.removed, studio.store.latest(5)) == (None, one, [other])
    assert studio.history.put_back(tab) == ""
    assert (tab.entry, tab.removed) == (one, None)
    assert "gone" in studio.history.put_back(tab)


def test_a_star_is_on_the_picture_that_is_shown(studio, shown):
    tab, (one, _) = shown
    studio.history.star(tab)
    assert tab.entry.starred
    assert studio.store.find(one.name).starred
    studio.history.star(Tab("b"))  # shows nothing


def test_the_last_picture_stays_until_there_is_a_new_one(studio, shown, ask):
    tab, (one, _) = shown
    task = ask(iterations=50)
    tab.asked.append(task)
    tab.advance()
    assert (tab.entry, tab.before) == (None, one)
    assert "dimmed" in unfinished(studio.store, task, "", tab.before)
    assert "dimmed" not in unfinished(studio.store, task, "", None)


def test_uploads_are_kept_apart_by_what_they_were_given_as(studio, photograph, painting):
    photo = studio.inputs.accept(photograph, "p", ("photograph",))
    style = studio.inputs.accept(painting, "s", ("painting",))
    assert studio.inputs.recent("photograph") == [photo]
    assert studio.inputs.recent("painting") == [style]
    both = studio.inputs.accept(photograph, "again", ("painting",))
    assert (both.label, both.kinds) == ("p", ("photograph", "painting"))
    assert len(studio.inputs.recent("painting")) == 2
    with pytest.raises(PictureError):
        studio.upload("/etc/passwd", ("painting",))
    assert upload(studio, painting).kinds == ("photograph", "painting")


def test_two_pictures_of_one_photograph_are_asked_about_blindly(studio, shown):
    tab, (one, other) = shown
    assert not studio.history.answer(tab, "left")  # nothing was asked
    assert studio.history.answer(tab, "start")
    assert set(tab.blind) == {one, other}
    page = blind(tab.blind, studio.store, tab.answered)
    assert one.title not in page
    liked = tab.blind[0].name
    assert studio.history.answer(tab, "left")
    assert tab.answered == 1
    line = json.loads((studio.folder / "answers.jsonl").read_text(encoding="utf-8"))
    assert (line["liked"], line["left"]["picture"]) == ("left", liked)
    assert {line[side]["settings"]["style_weight"] for side in ("left", "right")} == {30, 3}


@pytest.mark.parametrize("side", [None, 3, "", "../x", {"a": 1}, ["left"]])
def test_nothing_else_is_an_answer(studio, shown, side):
    tab, _ = shown
    studio.history.answer(tab, "start")
    before = tab.blind
    assert studio.history.answer(tab, side)
    assert (tab.blind, tab.answered) == (before, 0)
    assert not (studio.folder / "answers.jsonl").exists()


def test_equal_settings_are_no_question(studio, shown, monkeypatch):
    tab, (one, _) = shown
    same = studio.store.recipe(one)
    monkeypatch.setattr(studio.store, "recipe", lambda entry: same)
    assert not studio.history.answer(tab, "start")


def test_the_stage_has_the_photograph_until_it_is_painted(pair):
    content, _ = pair
    assert "choose a style" in given(content, styled=False)
    assert "Press Paint" in given(content, styled=True)


def test_what_was_refused_is_forgotten_with_the_next_picture(pair):
    tab = Tab("a")
    tab.refused[0] = "'x' is no picture"
    tab.put(1, pair[1])
    assert not tab.refused


def test_without_two_of_one_photograph_there_is_nothing_to_ask(studio):
    tab = Tab("a")
    assert not studio.history.answer(tab, "start")
    assert "first" in blind(None, studio.store, 0, possible=False)


def test_an_answer_that_cannot_be_kept_is_told(studio, shown):
    tab, _ = shown
    studio.history.answer(tab, "start")
    (studio.folder / "answers.jsonl").mkdir()
    with pytest.raises(PictureError, match="answer again"):
        studio.history.answer(tab, "right")
    assert tab.answered == 0


def test_an_upload_is_deleted_unless_something_needs_it(studio, pair, ask):
    content, style = pair
    tab = studio.tabs.of("a")
    tab.put(0, content)
    with pytest.raises(PictureError, match="stays: a finished picture or an open page"):
        studio.forget(content.name)
    studio.forget(style.name)
    assert studio.inputs.find(style.name) is None
    assert not list(studio.inputs.folder.glob(f"{style.name}*"))
    tab.put(0, None)
    studio.forget(content.name)
    for name in (content.name, "../x", None, {"a": 1}):
        with pytest.raises(PictureError, match="not there anymore"):
            studio.forget(name)
    sample = studio.inputs.samples("painting")[0]
    studio.forget(sample.name)
    assert studio.choose(sample.name).path.is_file()
