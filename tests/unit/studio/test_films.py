"""What the page of films can ask for."""

import json
import sys

import pytest

from impasto import samples
from impasto.errors import ImpastoError
from impasto.studio import film_studio, film_views
from impasto.studio.film_studio import FilmStudio
from impasto.studio.inputs import Uploads
from impasto.studio.received import Received
from impasto.studio.tasks import TaskState
from impasto.studio.worker import Worker
from impasto.video import read_recipe
from tests.support.clips import heard, panning, shown, write_film
from tests.support.studio import wait_for

VALUES = {"size": 48, "loop": False}


@pytest.fixture
def worker():
    worker = Worker()
    worker.start()
    yield worker
    worker.close()


@pytest.fixture
def studio(tmp_path, worker, monkeypatch):
    fast = {"backbone": "pocket", "iterations": 2, "levels": 1, "threads": 1}
    monkeypatch.setitem(film_studio.FILM_QUALITIES, "Quick", fast)
    received, inputs = Received(tmp_path / "received"), Uploads(tmp_path / "inputs")
    return FilmStudio(tmp_path / "films", worker, received, inputs)


@pytest.fixture
def clip(studio):
    path = studio.received.folder / "pan.mp4"
    return str(write_film(path, panning(count=4), (0, 40, 80, 120), sound="aac"))


@pytest.fixture
def tab(studio, clip):
    tab = studio.tabs.of("a")
    studio.upload(tab, clip)
    studio.choose_style(tab, "painting-ink")
    return tab


def test_a_part_of_a_clip_becomes_a_film_with_its_sound(studio, clip, tab):
    assert (tab.clip.title, tab.clip.frames, tab.clip.seconds) == ("pan", 4, pytest.approx(0.16))
    studio.select(tab, 0.04, 0.12)
    studio.make(tab, VALUES, "Quick", preview=False)
    wait_for(lambda: tab.task.state.final)
    assert tab.task.state is TaskState.DONE, tab.task.sentence
    assert tab.task.share == 1
    studio.advance(tab)
    film = studio.store.film(tab.entry)
    assert [at for at, _ in shown(film)] == pytest.approx([0, 0.04])
    assert set(heard(film)) < set(heard(clip))
    assert json.loads(read_recipe(film))["clip"]["start"] == 0.04
    assert "2 frames of 48 × 32 pixels" in tab.entry.told
    assert not list(film.parent.glob("*.frames"))
    page = film_views.screen(studio.store, tab)
    assert 'download="pan-in-the-style-of-ink.mp4"' in page
    assert str(studio.store.clips) not in page

    # it is there after a restart, until it is deleted
    again = FilmStudio(film.parent.parent, studio.worker, studio.received, studio.inputs)
    other = again.tabs.of("b")
    again.choose(other, tab.entry.name)
    assert (other.entry, other.clip) == (tab.entry, tab.clip)
    again.remove(other, tab.entry.name)
    assert not film.exists()
    assert (again.store.made(), other.entry) == ([], None)


def test_what_is_stopped_is_kept_as_far_as_it_has_come(studio, tab, monkeypatch):
    endless = {**film_studio.FILM_QUALITIES["Quick"], "iterations": 100}
    monkeypatch.setitem(film_studio.FILM_QUALITIES, "Quick", endless)
    studio.make(tab, VALUES, "Quick", preview=False)
    wait_for(lambda: tab.task.painted)
    assert "<img" in film_views.screen(studio.store, tab)
    studio.stop(tab)
    wait_for(lambda: tab.task.state.final)
    assert tab.task.state is TaskState.STOPPED, tab.task.sentence
    studio.advance(tab)
    assert 1 <= len(shown(studio.store.film(tab.entry))) < 4


def test_the_sample_is_there_and_a_preview_of_it_is_short(studio):
    tab = studio.tabs.of("a")
    studio.choose(tab, "cup")
    assert (tab.clip.frames, tab.clip.seconds) == (24, 2)
    assert 'data-frames="24"' in film_views.strip_of(studio.store, tab.clip)
    studio.choose_style(tab, "painting-ink")
    studio.make(tab, VALUES, "Quick", preview=True)
    assert (tab.task.how.every, tab.task.settings.size) == (10, 48)
    studio.stop(tab)
    wait_for(lambda: tab.task.state.final)


def test_what_is_wrong_is_said_without_paths(studio, clip, tmp_path, monkeypatch):
    monkeypatch.setattr(film_studio, "MOST_PAINTED", 3)
    tab = studio.tabs.of("a")
    names = ("notes.mp4", "list.mp4", "song.mp3")
    text, listing, song = (studio.received.folder / name for name in names)
    text.write_text("no film")
    listing.write_text(f"ffconcat version 1.0\nfile {clip.rpartition('/')[2]}\n")
    song.write_bytes(samples.sound("rain").read_bytes())
    outside = write_film(tmp_path / "outside.mp4", panning(count=1))
    for ask, words in (
        (lambda: studio.make(tab, VALUES, "Quick", False), "there is no clip yet"),
        (lambda: studio.upload(tab, str(text)), "'notes.mp4' cannot be read as a clip"),
        (lambda: studio.upload(tab, str(listing)), "'list.mp4' cannot be read as a clip"),
        (lambda: studio.upload(tab, str(song)), "'song.mp3' has no pictures"),
        (lambda: studio.upload(tab, str(outside)), "did not arrive"),
        (lambda: studio.upload_style(tab, str(text)), "'notes.mp4' is not a picture"),
        (lambda: studio.choose(tab, "../../secret"), "not there anymore"),
        (lambda: studio.choose_style(tab, "../../secret"), "not there anymore"),
        (lambda: studio.upload(tab, clip), ""),
        (lambda: studio.make(tab, VALUES, "Quick", False), "there is no style yet"),
        (lambda: studio.choose_style(tab, "painting-ink"), ""),
        (lambda: studio.select(tab, float("nan"), 1), "did not arrive"),
        (lambda: studio.select(tab, 0.1, 0.1), "later than the beginning"),
        (lambda: studio.make(tab, VALUES, "Quick", False), "these are 4 frames"),
    ):
        if not words:
            ask()
            continue
        with pytest.raises(ImpastoError) as raised:
            ask()
        assert words in str(raised.value)
        assert str(tmp_path) not in str(raised.value)


def test_a_clip_with_frames_that_are_too_large_is_refused_before_it_is_decoded(
    studio, clip, monkeypatch
):
    monkeypatch.setattr("impasto.studio.film_store.MOST_FRAME_PIXELS", 48 * 32 - 1)
    monkeypatch.setattr("impasto.studio.film_store.FilmSource", None)
    with pytest.raises(ImpastoError, match=r"'pan\.mp4' has frames of 48 x 32 pixels"):
        studio.upload(studio.tabs.of("a"), clip)


def test_without_its_package_the_page_says_how_to_get_it(studio, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    assert "python -m pip install" in film_views.sample_clips(studio.store, None)
