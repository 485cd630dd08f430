"""Clips in: films, and whatever else FFmpeg reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from impasto.errors import PictureError
from impasto.extras import require
from impasto.ffmpeg import Unopened, open_media, reason
from impasto.images import FloatArray, Rgb
from impasto.video.source import Source, SourceFrame

HDR_TRANSFERS = {16: "PQ", 18: "HLG"}
"""Numbers of transfer curves (ITU-T H.273) whose values a screen for sRGB does not show."""

BT2020 = 9
"""Number of the primaries of a wide gamut."""

UNSPECIFIED, OF_RGB = 2, 0
"""Numbers of the matrix between RGB and YUV where none is named, or needed."""

HIGH_DEFINITION = 720
"""From so many rows on, a clip that names no matrix has that of BT.709, below it that of BT.601."""

SEEK_FROM = 5.0
"""Seconds from which on it is worth to look for a key frame."""

NEARLY_ALL = 0.9
"""A file that has fewer of the frames that it tells of is damaged: FFmpeg stops without a word."""


def pyav() -> Any:
    """Return PyAV, or raise SettingsError, which says how to get it."""
    return require("av", "video", "a clip is read and written by PyAV")


@final
class FilmSource(Source):
    """A file that FFmpeg reads."""

    def __init__(self, path: Path) -> None:
        """Decode the first frame, and refuse what cannot be painted."""
        self.path = path
        with self.opened() as (container, stream):
            first = next(container.decode(stream), None)
            if first is None:
                raise PictureError(f"'{path}' has no frames: choose another clip.")
            refuse_hdr(path, first)
            aspect = stream.sample_aspect_ratio or Fraction(1)
            upright = (round(first.width * aspect) or 1, first.height)
            self.width, self.height = upright if first.rotation % 180 == 0 else upright[::-1]
            self.time_base = Fraction(stream.time_base or Fraction(1, 1000))
            # An unknown rate is None or 0, as the version of the library has it.
            self.rate = Fraction(stream.guessed_rate or stream.average_rate or 25)
            self.origin = first.pts or 0
            self.bits = 16 if deepest(first) > 8 else 8
            seconds = float(container.duration or 0) / 1e6  # in the library's own unit
            self.counted = int(stream.frames or 0)
            self.expected = self.counted or round(seconds * self.rate) or None
            self.sounds: list[str] = [each.codec_context.name for each in container.streams.audio]
            self.subtitles: list[str] = [code_of(each) for each in container.streams.subtitles]

    def files(self) -> list[Path]:
        """Return the file."""
        return [self.path]

    @contextmanager
    def opened(self) -> Iterator[tuple[Any, Any]]:
        """Open the file: its container, and its stream of pictures.

        Raises:
            PictureError: If it is damaged, or has none.
        """
        av = pyav()
        try:
            container = open_media(self.path, "video")
        except Unopened as error:
            raise PictureError(
                f"'{self.path}' cannot be read as a clip ({error}): it must be a film that "
                "FFmpeg reads, or a folder or a pattern of pictures."
            ) from None
        with container:
            streams = [each for each in container.streams.video if not is_cover(each)]
            if not streams:
                raise PictureError(f"'{self.path}' has no pictures, only sound: choose a film.")
            if streams[0].codec_context is None:
                raise PictureError(
                    f"'{self.path}' has pictures in a code that this FFmpeg does not read: convert "
                    "it to H.264."
                )
            # Threads that decode several frames at once would lose those before a damaged one.
            streams[0].thread_type = "SLICE"
            try:
                yield container, streams[0]
            except av.FFmpegError as error:
                raise PictureError(
                    f"'{self.path}' cannot be decoded ({reason(error)}): choose another clip."
                ) from None

    def frames(self, start: float = 0) -> Iterator[SourceFrame]:
        """Yield the decoded frames; see `Source.frames`."""
        av = pyav()
        last: int | None = None
        found, enough = 0, 0 if start >= SEEK_FROM else NEARLY_ALL * self.counted
        with self.opened() as (container, stream):
            if start >= SEEK_FROM:
                container.seek(self.origin + int(start / self.time_base), stream=stream)
            frames = container.decode(stream)
            while True:
                try:
                    frame = next(frames, None)
                except av.FFmpegError as error:
                    raise PictureError(self.damage(last, reason(error))) from None
                if frame is None and found < enough:
                    raise PictureError(self.damage(last, f"{found} of {self.counted} frames"))
                if frame is None:
                    return
                found += 1
                step = max(round(1 / (self.rate * self.time_base)), 1)
                at = frame.pts if frame.pts is not None else (last or 0) + step
                last = at if last is None else max(at, last + 1)
                if (last - self.origin + step) * self.time_base > start:
                    yield SourceFrame(to_rgb(frame), last, frame.duration or 0)

    def damage(self, last: int | None, why: str) -> str:
        """Return a sentence about a clip that is damaged after a time."""
        seconds = 0.0 if last is None else float((last - self.origin) * self.time_base)
        return (
            f"'{self.path}' is damaged after {seconds:.2f} seconds ({why}): paint what "
            f"comes before with --to {seconds:.2f}."
        )


def code_of(stream: Any) -> str:
    """Return in which code subtitles are, as FFmpeg calls it; empty if it does not know."""
    return "" if stream.codec_context is None else str(stream.codec_context.codec.canonical_name)


def is_cover(stream: Any) -> bool:
    """Tell whether a stream is the picture on the cover of a recording."""
    return "attached_pic" in str(getattr(stream.disposition, "name", "") or "")


def refuse_hdr(path: Path, frame: Any) -> None:
    """Raise PictureError for a frame whose values do not mean sRGB, nor nearly."""
    kind = HDR_TRANSFERS.get(int(frame.color_trc))
    if kind is None and int(frame.color_primaries) == BT2020:
        kind = "BT.2020"
    if kind is not None:
        raise PictureError(
            f"'{path}' is an HDR clip ({kind}), whose colors would be painted pale: convert it to "
            "SDR (BT.709) first."
        )


def deepest(frame: Any) -> int:
    """Return the bits of a frame's channels."""
    return max(int(component.bits) for component in frame.format.components)


def to_rgb(frame: Any) -> Rgb:
    """Return a decoded frame upright, (H, W, 3), sRGB in [0, 1].

    The curve of BT.709 is shown on screens for sRGB as it is, so that its values are taken as they
    are.
    """
    untagged = int(frame.colorspace) == UNSPECIFIED and not frame.format.is_rgb
    guessed = "ITU709" if frame.height >= HIGH_DEFINITION else "ITU601"
    alpha = any(component.is_alpha for component in frame.format.components)
    deep = deepest(frame) > 8
    kind = ("rgba64le" if alpha else "rgb48le") if deep else ("rgba" if alpha else "rgb24")
    options = {"src_colorspace": guessed} if untagged else {}
    levels: NDArray[Any] = frame.to_ndarray(format=kind, **options)
    values: FloatArray = levels.astype(np.float32) / np.float32(65535 if deep else 255)
    rgb = values[..., :3]
    if alpha:
        share = values[..., 3:]
        rgb = rgb * share + (1 - share)
    return np.ascontiguousarray(np.rot90(rgb, frame.rotation // 90))
