"""The sound of a clip, copied as it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, final

from impasto.video.film_source import FilmSource
from impasto.video.source import Source


@final
class SoundTrack:
    """The sound of a source, copied packet by packet into a film."""

    def __init__(self, film: Any, source: Source, start: float, whole: bool) -> None:
        """Add a stream for each of the source's."""
        self.film, self.whole, self.start = film, whole, start
        self.origin = float(source.origin * source.time_base)
        self.stack = ExitStack()
        self.packets: Iterator[Any] = iter(())
        self.waiting: Any = None
        if isinstance(source, FilmSource):
            container, _ = self.stack.enter_context(source.opened())
            sounds = list(container.streams.audio)
            self.streams = {each.index: film.add_stream_from_template(each) for each in sounds}
            if sounds:
                self.packets = container.demux(sounds)
            film.metadata.update(container.metadata if whole else {})

    def until(self, seconds: float) -> None:
        """Copy what is heard before a time, in seconds from the first frame."""
        while True:
            packet = self.waiting or next(self.packets, None)
            self.waiting = None
            if packet is None:
                return
            if packet.dts is None:
                continue
            time = float(packet.dts * packet.time_base) - self.origin - self.start
            if time >= seconds:
                self.waiting = packet
                return
            self.copy(packet, time)

    def copy(self, packet: Any, time: float) -> None:
        """Copy a packet that is heard at a time, but for what comes before the part painted."""
        if not self.whole:
            if time < 0:
                return
            shift = round((self.origin + self.start) / packet.time_base)
            packet.pts = packet.pts - shift
            packet.dts = packet.dts - shift
        packet.stream = self.streams[packet.stream.index]
        self.film.mux(packet)

    def close(self) -> None:
        """Close the source."""
        self.stack.close()
