"""Clips out: painted frames as a film with the sound of its source, or as a folder of pictures.

| extension        | picture                              | sound that is copied as it is          |
|------------------|--------------------------------------|----------------------------------------|
| `.mp4` `.mov`    | H.264, 4:2:0, BT.709                 | AAC, MP3, ALAC, AC-3, FLAC, Opus       |
| `.webm`          | VP9, 4:2:0, BT.709                   | Opus, Vorbis                           |
| `.mkv`           | FFV1, RGB: lossless                  | all                                    |
| `.gif`           | 256 colors a frame                   | none                                   |
| `.webp`          | lossy, colors at half the size       | none                                   |
| `.apng`          | lossless                             | none                                   |
| none             | a folder of pictures, 000001.png ... | none                                   |
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from impasto import images
from impasto.errors import PictureError
from impasto.filesystem import beside, put
from impasto.video.source import FilmSource, Source, require_av
from impasto.video.workshop import Timing

BT709, LIMITED_RANGE = 1, 1
"""Numbers by which a film tells what its values mean (ITU-T H.273), and FFmpeg their range."""


@dataclass(frozen=True)
class FilmFormat:
    """A kind of film that FFmpeg writes.

    Attributes:
        container: Its name to FFmpeg.
        codec: Of the pictures.
        pixels: How the codec is given them.
        options: Of the codec.
        sounds: Codecs that it can hold; None for all.
        container_options: Of the container.
        unit: In which it counts time, in seconds; None for that of the source.
    """

    container: str
    codec: str
    pixels: str
    options: Mapping[str, str]
    sounds: tuple[str, ...] | None
    container_options: Mapping[str, str] = field(default_factory=dict)
    unit: Fraction | None = None

    @property
    def is_video(self) -> bool:
        """Whether the values of its pictures are those of video, and its sides even."""
        return self.pixels == "yuv420p" and self.sounds != ()


_SOUNDS_OF_MP4 = ("aac", "mp3", "mp3float", "alac", "ac3", "eac3", "flac", "opus", "libopus")
_X264 = {"crf": "16", "preset": "medium"}
_FIRST_THINGS_FIRST = {"movflags": "+faststart"}

MP4 = FilmFormat("mp4", "libx264", "yuv420p", _X264, _SOUNDS_OF_MP4, _FIRST_THINGS_FIRST)
MOV = FilmFormat("mov", "libx264", "yuv420p", _X264, _SOUNDS_OF_MP4, _FIRST_THINGS_FIRST)
WEBM = FilmFormat(
    *("webm", "libvpx-vp9", "yuv420p", {"crf": "24", "b": "0", "cpu-used": "3"}),
    ("opus", "libopus", "vorbis", "libvorbis"),
)
MKV = FilmFormat("matroska", "ffv1", "bgr0", {"level": "3", "slicecrc": "1"}, None)
GIF = FilmFormat("gif", "gif", "pal8", {}, (), {"loop": "0"}, Fraction(1, 100))
ANIMATED_WEBP = FilmFormat(
    *("webp", "libwebp_anim", "yuv420p", {"quality": "85"}, ()), {"loop": "0"}, Fraction(1, 1000)
)
APNG = FilmFormat("apng", "apng", "rgb24", {}, (), {"plays": "0"}, Fraction(1, 1000))

FILM_FORMATS = {
    ".mp4": MP4,
    ".mov": MOV,
    ".webm": WEBM,
    ".mkv": MKV,
    ".gif": GIF,
    ".webp": ANIMATED_WEBP,
    ".apng": APNG,
}
"""What can be written, by extension."""

SAME_BYTES = {"fflags": "+bitexact"}
"""No random numbers, and no version of FFmpeg: the same frames give the same bytes."""

RECIPE_TAG = "comment"
"""The name that all containers have for a text about a film."""

FOLDER_STAGES = ("complete", "former")
"""Folders among the frames: one that is being filled, and the one that it takes the place of."""

NUMBERED = re.compile(r"\d{6}\.png")
"""The name of a frame in a folder of pictures."""


def check_film(path: Path, source: Source, sound: bool, going_on: bool = False) -> None:
    """Find out before the work starts whether a clip can be written, and its sound copied.

    Args:
        path: The film, or the folder of pictures if it has no extension.
        source: Whose sound it is to have.
        sound: Whether it is to have it.
        going_on: Whether a part of it may be there already, which is replaced.

    Raises:
        PictureError: If not; the message says what can be done.
    """
    if not path.suffix:
        check_folder(path, going_on)
        return
    images.check_suffix(path, FILM_FORMATS)
    kind = FILM_FORMATS[path.suffix.lower()]
    if not kind.sounds or not sound:  # all of them, or none, which is what such films are
        return
    for codec in source.sounds if isinstance(source, FilmSource) else ():
        if codec not in kind.sounds:
            raise PictureError(
                f"the sound of '{source.path}' is {codec}, which a {path.suffix} cannot hold as it "
                "is: write a .mkv, or leave the sound out with --no-sound."
            )


def check_folder(path: Path, going_on: bool) -> None:
    """Raise PictureError if a folder holds anything, or more than frames if the clip goes on."""
    if not path.exists():
        return
    names = [each.name for each in path.iterdir()] if path.is_dir() else [path.name]
    if any(not (going_on and NUMBERED.fullmatch(name)) for name in names):
        raise PictureError(f"'{path}' is there already: choose another folder for the frames.")


def write_clip(
    path: Path,
    frames: Sequence[Path],
    timing: Timing,
    source: Source,
    sound: bool,
    whole: bool,
    recipe: str | None = None,
) -> None:
    """Write a clip: complete, or not at all.

    Args:
        path: The film, or the folder of pictures if it has no extension.
        frames: The pictures, in order.
        timing: When they are shown.
        source: Whose sound, rate and title it has.
        sound: Whether it has the sound.
        whole: Whether it is all of the source, whose times then stay as they are.
        recipe: What the film tells of how it was painted, if it can.

    Raises:
        PictureError: If it cannot be written.
    """
    if path.suffix:
        write_film(path, frames, timing, source, sound, whole, recipe)
    else:
        write_folder(path, frames)


def write_folder(path: Path, frames: Sequence[Path]) -> None:
    """Copy the frames into a folder, in place of those that an interrupted command has left."""
    target = path.resolve()
    incomplete, former = (
        target.with_name(f"{target.name}.frames") / each for each in FOLDER_STAGES
    )
    with images.naming(path):
        for stage in (incomplete, former):
            shutil.rmtree(stage, ignore_errors=True)
        incomplete.mkdir(parents=True)
        for number, frame in enumerate(frames, start=1):
            shutil.copyfile(frame, incomplete / f"{number:06}.png")
        if target.exists():
            target.rename(former)
        incomplete.rename(target)


def write_film(
    path: Path,
    frames: Sequence[Path],
    timing: Timing,
    source: Source,
    sound: bool,
    whole: bool,
    recipe: str | None,
) -> None:
    """Write a film by FFmpeg, see `write_clip`."""
    av = require_av()
    kind = FILM_FORMATS[path.suffix.lower()]
    target, start = path.resolve(), timing.start
    incomplete = beside(target)  # not an open file: what comes first in an MP4 is written last
    if not (whole and kind.sounds != ()):
        timing = timing.from_zero()
    if kind.unit is not None:
        timing = timing.counted_in(kind.unit)
    try:
        with images.naming(path), ExitStack() as opened:
            film = opened.enter_context(
                av.open(
                    str(incomplete),
                    "w",
                    format=kind.container,
                    container_options={**SAME_BYTES, **kind.container_options},
                )
            )
            stream = film_stream(film, kind, source, frames[0], timing.base)
            has_sound = sound and kind.sounds != ()
            track = SoundTrack(film, source, start, whole) if has_sound else None
            opened.callback(track.close) if track else None
            if recipe is not None:
                film.metadata[RECIPE_TAG] = recipe
            for at, lasts, frame in zip(timing.times, timing.lengths, frames, strict=True):
                if track is not None:
                    track.until(float((at - timing.times[0]) * timing.base))
                picture = video_frame(frame, kind)
                picture.pts, picture.time_base = at, timing.base
                picture.duration = lasts
                film.mux(stream.encode(picture))
            film.mux(stream.encode())
            if track is not None:
                track.until(timing.seconds if not whole else float("inf"))
        with images.naming(path):
            put(incomplete, target)
    except av.FFmpegError as error:
        raise PictureError(f"'{path}' cannot be written ({error.strerror}).") from error
    finally:
        incomplete.unlink(missing_ok=True)


def film_stream(film: Any, kind: FilmFormat, source: Source, first: Path, base: Fraction) -> Any:
    """Return the stream of pictures of a film that is being written."""
    stream = film.add_stream(kind.codec, rate=source.rate, options=dict(kind.options))
    levels = levels_of(first)
    height, width = (even(levels) if kind.is_video else levels).shape[:2]
    stream.width, stream.height, stream.pix_fmt = width, height, kind.pixels
    stream.codec_context.time_base = base
    if kind.is_video:
        context = stream.codec_context
        context.color_range, context.colorspace = LIMITED_RANGE, BT709
        context.color_primaries = context.color_trc = BT709
    return stream


def video_frame(path: Path, kind: FilmFormat) -> Any:
    """Return a picture as FFmpeg's frame."""
    av = require_av()
    levels = levels_of(path)
    if kind.pixels == "pal8":
        return av.VideoFrame.from_ndarray(with_palette(levels), "pal8")
    if not kind.is_video:
        return av.VideoFrame.from_ndarray(levels, "rgb24").reformat(format=kind.pixels)
    frame = av.VideoFrame.from_ndarray(even(levels), "rgb24")
    return frame.reformat(format=kind.pixels, dst_colorspace="ITU709", dst_color_range="MPEG")


def with_palette(levels: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return a frame of 256 colors, found for that frame: places in a palette, and the palette."""
    picture = Image.fromarray(levels).quantize(256, Image.Quantize.MEDIANCUT)
    colors = np.zeros((256, 4), np.uint8)
    given = np.array(picture.getpalette("RGB"), np.uint8).reshape(-1, 3)
    colors[: len(given), :3], colors[:, 3] = given, 255
    return np.asarray(picture), colors


def levels_of(path: Path) -> NDArray[np.uint8]:
    """Return a picture file as (H, W, 3) levels of 8 bits."""
    return np.asarray(images.to_pil(images.read(path).rgb))


def even(levels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Continue odd sides by a row or a column: colors are stored for squares of four pixels."""
    height, width = levels.shape[:2]
    return np.pad(levels, ((0, height % 2), (0, width % 2), (0, 0)), "edge")


def read_recipe(path: Path) -> str:
    """Return the text of the recipe inside a film.

    Raises:
        PictureError: If the file is no film, or holds no recipe.
    """
    with FilmSource(path).opened() as (container, _):
        tags = {name.lower(): text for name, text in container.metadata.items()}
    if RECIPE_TAG in tags:
        return str(tags[RECIPE_TAG])
    raise PictureError(
        f"'{path}' holds no settings: it must be a .mp4, .mov, .webm or .mkv painted by Impasto, "
        "and not changed by another program."
    )


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
