"""The parts of the page of films that are drawn here. What came from a person is escaped."""

from __future__ import annotations

from html import escape

from impasto.run import clock
from impasto.samples import CLIPS
from impasto.studio.choices import choice, deletion, samples_of, styles
from impasto.studio.film_store import ClipEntry, FilmEntry, FilmStore
from impasto.studio.film_studio import FilmTab
from impasto.studio.film_tasks import FilmTask
from impasto.studio.inputs import Uploads
from impasto.studio.stage import ratio
from impasto.studio.tasks import TaskState
from impasto.studio.views import bar, download_name, url

FILM_INVITATION = (
    '<div class="stage empty"><p class="invitation">Choose the sample, or drop a film. It is '
    "painted as one: the strokes move with what they lie on.</p></div>"
)

FILM_SAID = {
    TaskState.WAITING: "Waiting for its turn.",
    TaskState.PREPARING: "Reading the clip and the network.",
    TaskState.PAINTING: "Painting.",
    TaskState.CANCELED: "Stopped before a frame was finished.",
    TaskState.STOPPED: "Stopped, and kept as it was.",
    TaskState.DONE: "Finished.",
}

STEP = 0.01
"""Seconds by which an end of the range moves with an arrow key."""


def screen(store: FilmStore, tab: FilmTab) -> str:
    """Return what is seen: the film that is painted, or one that is finished, or the clip."""
    task, entry = tab.task, tab.entry
    if entry is not None:
        return finished_film(store, entry)
    if tab.clip is None:
        return FILM_INVITATION
    shape = ratio(tab.clip.width, tab.clip.height)
    if task is not None and task.picture and not task.state.final:
        return (
            f'<div class="screen" {shape}><img src="{task.picture}" decoding="sync" '
            f'alt="{escape(task.title)}, frame {task.painted}"></div>'
        )
    words = "Choose a style, and press Paint." if tab.style is None else "Press Paint."
    if tab.busy:
        words = "Getting ready …"
    first = url(store.picture(f"{tab.clip.name}-first"))
    return (
        f'<div class="screen" {shape}><img src="{first}" alt="{escape(tab.clip.title)}, not '
        f'painted yet"></div><p class="invitation">{words}</p>'
    )


def finished_film(store: FilmStore, entry: FilmEntry) -> str:
    """Return a film that plays, what is told of it, and where to get it."""
    name = download_name(entry.title)
    file = url(store.film(entry))
    return (
        f'<div class="screen" {ratio(entry.width, entry.height)}><video controls loop playsinline '
        f'preload="auto" src="{file}" '
        f'poster="{url(store.picture(entry.name))}" aria-label="{escape(entry.title)}"></video>'
        f'</div><p class="faint">{escape(entry.title)}: {escape(entry.told)}</p>'
        f'<p class="files"><a class="download" href="{file}" '
        f'download="{escape(name)}{entry.suffix}">Download</a></p>'
    )


def strip_of(store: FilmStore, clip: ClipEntry | None) -> str:
    """Return a filmstrip, on which a part of the clip is chosen."""
    if clip is None:
        return ""
    ends = "".join(
        f'<input type="range" class="{kind}" min="0" max="{clip.seconds:.3f}" step="{STEP}" '
        f'value="{value:.3f}" aria-label="{label}">'
        for kind, value, label in (("from", 0, "Begin at"), ("to", clip.seconds, "End at"))
    )
    return (
        f'<div class="filmstrip" data-seconds="{clip.seconds:.3f}" data-frames="{clip.frames}">'
        f'<div><img src="{url(store.picture(clip.name))}" alt="Frames of {escape(clip.title)}">'
        f'<i class="from"></i><i class="to"></i>{ends}</div>'
        '<p class="faint"><output></output></p></div>'
    )


def sample_clips(store: FilmStore, chosen: ClipEntry | None) -> str:
    """Return the sample clips, each a button with its first frame."""

    def button(name: str) -> str:
        clip = store.sample(name)
        pressed = f' aria-pressed="{str(chosen == clip).lower()}"'
        label = f'<span class="name">{escape(name.capitalize())}</span>'
        return choice(name, name, url(store.picture(f"{clip.name}-first")), label, pressed)

    return samples_of("Clips", lambda: map(button, CLIPS))


def film_styles(inputs: Uploads, tab: FilmTab) -> str:
    """Return the style pictures: samples, and those that were sent."""
    return styles([*inputs.samples("painting"), *inputs.recent("painting", 6)], {}, tab.style)


def films(store: FilmStore) -> str:
    """Return what was painted, each a button with one of its frames."""
    entries = store.made()
    if not entries:
        return '<p class="faint">What you paint is kept here.</p>'
    buttons = []
    for each in entries:
        label = f'<span class="name">{escape(each.title)}</span>'
        picture = choice(each.name, each.title, url(store.picture(each.name)), label)
        buttons.append(f"<span>{picture}{deletion(each.name, each.title)}</span>")
    return f'<div class="strip films">{"".join(buttons)}</div>'


def film_status(tab: FilmTab) -> str:
    """Return a line that says what happens, with a bar while it is painted."""
    task = tab.task
    if task is None:
        return ""
    if task.state is TaskState.PAINTING:
        words = (
            f"<b>Painting</b> <span>frame {min(task.painted + 1, task.wanted)} of {task.wanted}"
            f"</span> <span>about {clock(task.left)} left</span>"
        )
        return f'<div class="status"><p>{words}</p>{bar(task.share)}</div>'
    return f'<div class="status"><p>{film_sentence(task)}</p></div>'


def film_sentence(task: FilmTask) -> str:
    """Return what has become of a task, in a sentence."""
    if task.state is TaskState.FAILED:
        return f"<strong>It did not work:</strong> {escape(task.sentence)}"
    return FILM_SAID[task.state]
