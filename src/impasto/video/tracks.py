"""What goes along with the pictures of a clip, copied as it is: sound, subtitles, chapters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from fractions import Fraction
from typing import Any, final

from impasto.ffmpeg import RECIPE_TAG
from impasto.video.film_formats import FILM_FORMATS, FilmFormat
from impasto.video.film_source import FilmSource, code_of
from impasto.video.source import Source

MILLISECOND = Fraction(1, 1000)


@final
class Tracks:
    """Sound and subtitles of a source, copied packet by packet into a film, and its chapters."""

    def __init__(
        self, film: Any, kind: FilmFormat, source: Source, sound: bool, start: float,
        seconds: float | None,
    ) -> None:  # fmt: skip
        """Add a stream for each of the source's that the film can hold.

        Args:
            film: Where they go.
            kind: What it is.
            source: Where they come from.
            sound: Whether sound is wanted.
            start: Seconds from the first frame of the source to the first one that is shown.
            seconds: How long the film is; None if it is all of the source, whose times then stay.
        """
        self.film, self.whole = film, seconds is None
        self.shift = float(source.origin * source.time_base) + start
        self.stack = ExitStack()
        self.packets: Iterator[Any] = iter(())
        self.waiting: Any = None
        if kind.is_moving_picture or not isinstance(source, FilmSource):
            return
        container, _ = self.stack.enter_context(source.opened())
        copied = [*(container.streams.audio if sound else ()), *held(container, kind)]
        self.streams = {each.index: add_copy(film, each) for each in copied}
        if copied:
            self.packets = container.demux(copied)
        told = {name: text for name, text in container.metadata.items() if is_about_source(name)}
        film.metadata.update(told if self.whole else {})
        chapters = container.chapters()
        film.set_chapters(chapters if seconds is None else within(chapters, self.shift, seconds))

    def until(self, seconds: float) -> None:
        """Copy what is heard or read before a time, in seconds from the first frame."""
        while True:
            packet = self.waiting or next(self.packets, None)
            self.waiting = None
            if packet is None:
                return
            if packet.dts is None:
                continue
            time = float(packet.dts * packet.time_base) - self.shift
            if time >= seconds:
                self.waiting = packet
                return
            self.copy(packet, time)

    def copy(self, packet: Any, time: float) -> None:
        """Copy a packet that begins at a time, but for what comes before the part painted."""
        if not self.whole:
            if time < 0:
                return
            shift = round(self.shift / packet.time_base)
            packet.pts = packet.pts - shift
            packet.dts = packet.dts - shift
        packet.stream = self.streams[packet.stream.index]
        self.film.mux(packet)

    def close(self) -> None:
        """Close the source."""
        self.stack.close()


def is_about_source(name: str) -> bool:
    """Tell whether a text about the source holds for what is painted of it: its recipe does not."""
    return name.lower() != RECIPE_TAG


def add_copy(film: Any, stream: Any) -> Any:
    """Add a stream like another one to a film, with its language and name."""
    copy = film.add_stream_from_template(stream)
    copy.metadata.update(stream.metadata)
    return copy


def held(container: Any, kind: FilmFormat) -> list[Any]:
    """Return the subtitles of a source that a film can hold as they are."""
    return [each for each in container.streams.subtitles if code_of(each) in kind.subtitles]


def within(chapters: Sequence[dict[str, Any]], shift: float, seconds: float) -> list[Any]:
    """Return the chapters of a part of a clip, which begins later by a shift, in its own times."""

    def moved(time: int, base: Fraction) -> int:
        return round(min(max(float(time * base) - shift, 0), seconds) / MILLISECOND)

    found = [
        {
            **each,
            "start": moved(each["start"], each["time_base"]),
            "end": moved(each["end"], each["time_base"]),
            "time_base": MILLISECOND,
        }
        for each in chapters
    ]
    return [each for each in found if each["start"] < each["end"]]


def left_out(source: Source, suffix: str) -> str:
    """Return a sentence about subtitles that a film cannot hold, or an empty one.

    Pictures, of which nobody expects it, have none.
    """
    kind = FILM_FORMATS.get(suffix)
    if kind is None or kind.is_moving_picture or not isinstance(source, FilmSource):
        return ""
    lost = [code for code in source.subtitles if code not in kind.subtitles]
    if not lost:
        return ""
    others = (each for each, other in FILM_FORMATS.items() if set(lost) <= set(other.subtitles))
    other = next(others, "")
    remedy = f"write a {other} to have them" if other else "convert them to SRT to have them"
    return (
        f"the subtitles of '{source.path}' are {' and '.join(dict.fromkeys(lost))}, which a "
        f"{suffix} cannot hold as they are, and are left out: {remedy}"
    )
