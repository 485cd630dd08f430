"""The parts of the page of sounds that are drawn here. What came from a person is escaped."""

from __future__ import annotations

from html import escape

from impasto.run import clock
from impasto.samples import SOUNDS
from impasto.studio.choices import choice, deletion, samples_of
from impasto.studio.sound_store import SoundEntry, SoundStore
from impasto.studio.sound_studio import SoundTab
from impasto.studio.sound_tasks import SoundTask
from impasto.studio.tasks import TaskState
from impasto.studio.views import bar, download_name, url

SOUND_INVITATION = (
    '<div class="stage empty"><p class="invitation">Choose a sample, or drop a recording of rain, '
    "fire, a crowd, a machine: anything that goes on and on. You get more of it, which is new.</p>"
    "</div>"
)

SAID = {
    TaskState.WAITING: "Waiting for its turn.",
    TaskState.PREPARING: "Listening.",
    TaskState.PAINTING: "Making.",
    TaskState.CANCELED: "Stopped before it began.",
    TaskState.STOPPED: "Stopped, and kept as it was.",
    TaskState.DONE: "Finished.",
}


def samples(store: SoundStore, chosen: SoundEntry | None) -> str:
    """Return the sample sounds, each a button with its spectrogram."""

    def button(name: str) -> str:
        entry = store.sample(name)
        pressed = f' aria-pressed="{str(chosen == entry).lower()}"'
        label = f'<span class="name">{escape(name.capitalize())}</span>'
        return choice(name, name, url(store.picture(entry.name)), label, pressed)

    return samples_of("Sample sounds", lambda: map(button, SOUNDS))


def made(store: SoundStore) -> str:
    """Return what was made, each a button with its spectrogram."""
    entries = store.made()
    if not entries:
        return '<p class="faint">What you make is kept here.</p>'
    buttons = [
        f"<span>{choice(each.name, each.title, url(store.picture(each.name)), label(each))}"
        f"{deletion(each.name, each.title)}</span>"
        for each in entries
    ]
    return f'<div class="strip sounds">{"".join(buttons)}</div>'


def label(entry: SoundEntry) -> str:
    """Return what lies upon the spectrogram of a sound."""
    return f'<span class="name">{escape(entry.title)}</span>'


def player(store: SoundStore, recording: SoundEntry | None, entry: SoundEntry | None) -> str:
    """Return the recording and what was made of it, to be heard one or the other."""
    if recording is None:
        return SOUND_INVITATION
    tracks = [track(store, recording, "A", "The recording")]
    switch = ""
    if entry is not None:
        tracks.append(track(store, entry, "B", "What was made"))
        switch = (
            '<div class="switch" role="group" aria-label="What is heard">'
            '<button type="button" data-hear="0" aria-pressed="false">A: the recording</button>'
            '<button type="button" data-hear="1" aria-pressed="true">B: what was made</button>'
            "</div>"
        )
    return (
        f'<div class="player">{"".join(tracks)}<div class="transport">'
        f'<button type="button" data-do="play">Play</button>{switch}</div>'
        f"{details(store, entry)}</div>"
    )


def track(store: SoundStore, entry: SoundEntry, letter: str, what: str) -> str:
    """Return one sound: its spectrogram, where it is heard, and how to go elsewhere."""
    title = f"{letter} · {what}: {entry.title}" if letter == "A" else f"{letter} · {what}"
    return (
        f'<figure class="track" data-seconds="{entry.seconds:.3f}"><figcaption>{escape(title)} '
        f'<span class="faint">{clock(entry.seconds)}</span></figcaption><div>'
        f'<img src="{url(store.picture(entry.name))}" alt="Spectrogram: time to the right, pitch '
        'upwards, the louder the lighter"><i></i>'
        f'<input type="range" min="0" max="{entry.seconds:.3f}" step="0.01" value="0" '
        f'aria-label="Where to listen in {escape(what.lower())}"></div>'
        f'<audio preload="auto" loop src="{url(store.file(entry.name))}"></audio></figure>'
    )


def details(store: SoundStore, entry: SoundEntry | None) -> str:
    """Return what is told of what was made, and where to get it."""
    if entry is None:
        return ""
    name = download_name(entry.title)
    return (
        f'<p class="faint">{escape(entry.told)}</p><p class="files"><a class="download" '
        f'href="{url(store.file(entry.name))}" download="{escape(name)}.wav">Download</a></p>'
    )


def status(tab: SoundTab) -> str:
    """Return a line that says what happens, with a bar while it is made."""
    task = tab.task
    if task is None:
        return ""
    if task.state is TaskState.PAINTING:
        left = f"<span>about {clock(task.left)} left</span>" if task.share else ""
        return f'<div class="status"><p><b>Making</b> {left}</p>{bar(task.share)}</div>'
    return f'<div class="status"><p>{sentence(task)}</p></div>'


def sentence(task: SoundTask) -> str:
    """Return what has become of a task, in a sentence."""
    if task.state is TaskState.FAILED:
        return f"<strong>It did not work:</strong> {escape(task.sentence)}"
    return SAID[task.state]
