"""What the page of sounds can ask for."""

import sys

import pytest

from impasto.errors import ImpastoError
from impasto.sound import Sound, read_sound, read_sound_recipe, write_sound
from impasto.studio import sound_studio, sound_views
from impasto.studio.received import Received
from impasto.studio.sound_studio import SoundStudio
from impasto.studio.tasks import TaskState
from impasto.studio.worker import Worker
from tests.support.sounds import RATE, ticks
from tests.support.studio import wait_for


@pytest.fixture
def worker():
    worker = Worker()
    worker.start()
    yield worker
    worker.close()


@pytest.fixture
def studio(tmp_path, worker, monkeypatch):
    fast = {"filters": 8, "iterations": 4}
    monkeypatch.setitem(sound_studio.QUALITIES, "Quick", fast)
    return SoundStudio(tmp_path / "sounds", worker, Received(tmp_path / "received"))


@pytest.fixture
def clock(studio):
    path = studio.received.folder / "clock.flac"
    write_sound(path, Sound(ticks(1.0), RATE))
    return str(path)


def test_a_recording_becomes_more_of_it(studio, clock):
    tab = studio.tabs.of("a")
    studio.upload(tab, clock)
    assert (tab.recording.title, tab.recording.seconds) == ("clock", 1)
    studio.make(tab, {"seconds": 2, "loop": False}, "Quick")
    wait_for(lambda: tab.task.state.final)
    assert tab.task.state is TaskState.DONE, tab.task.sentence
    studio.advance(tab)
    made = studio.store.file(tab.entry.name)
    assert read_sound(made).seconds == 2
    assert read_sound_recipe(made)["sound"]["filters"] == 8
    assert "2.0 seconds, 4 evaluations" in tab.entry.told
    page = sound_views.player(studio.store, tab.recording, tab.entry)
    assert page.count("<audio") == 2
    assert 'download="clock--2-seconds.wav"' in page

    # it is there after a restart, until it is deleted
    again = SoundStudio(studio.store.folder, studio.worker, studio.received)
    other = again.tabs.of("b")
    again.choose(other, tab.entry.name)
    assert other.recording == tab.recording
    again.remove(other, tab.entry.name)
    assert not made.exists()
    assert again.store.made() == []
    again.remove(other, tab.recording.name)  # what was given is no result
    assert again.store.find(tab.recording.name) is not None


def test_what_is_stopped_is_kept(studio, clock, monkeypatch):
    endless = {"filters": 8, "iterations": 100_000}
    monkeypatch.setitem(sound_studio.QUALITIES, "Quick", endless)
    tab = studio.tabs.of("a")
    studio.upload(tab, clock)
    studio.make(tab, {"seconds": 1}, "Quick")
    wait_for(lambda: tab.task.share > 0)
    studio.stop(tab)
    wait_for(lambda: tab.task.state.final)
    assert tab.task.state is TaskState.STOPPED, tab.task.sentence
    studio.advance(tab)
    assert read_sound(studio.store.file(tab.entry.name)).seconds == 1


def test_what_is_wrong_is_said_without_paths(studio, clock, tmp_path):
    tab = studio.tabs.of("a")
    text = studio.received.folder / "notes.wav"
    text.write_text("no sound")
    outside = tmp_path / "outside.wav"
    write_sound(outside, Sound(ticks(1.0), RATE))
    for ask, words in (
        (lambda: studio.make(tab, {"seconds": 2}, "Quick"), "there is no sound yet"),
        (lambda: studio.upload(tab, str(text)), "notes.wav' cannot be read as a sound"),
        (lambda: studio.upload(tab, str(outside)), "did not arrive"),
        (lambda: studio.choose(tab, "../../secret"), "not there anymore"),
        (lambda: studio.upload(tab, clock), ""),
        (lambda: studio.make(tab, {"seconds": 0.1}, "Quick"), "from 0.5"),
        (lambda: studio.make(tab, {"seconds": 3000}, "Quick"), "up to 600 seconds"),
    ):
        if not words:
            ask()
            continue
        with pytest.raises(ImpastoError) as raised:
            ask()
        assert words in str(raised.value)
        assert str(tmp_path) not in str(raised.value)


def test_without_its_package_the_page_says_how_to_get_it(studio, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    assert "python -m pip install" in sound_views.samples(studio.store, None)
