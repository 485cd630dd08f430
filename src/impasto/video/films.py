"""Clips out: painted frames as a film with the sound of its source, or as a folder of pictures."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from impasto import images
from impasto.errors import PictureError
from impasto.ffmpeg import RECIPE_TAG
from impasto.filesystem import beside, put
from impasto.video.film_formats import FILM_FORMATS, FilmFormat
from impasto.video.film_source import FilmSource, pyav
from impasto.video.source import Source
from impasto.video.tracks import Tracks
from impasto.video.workshop import Timing

BT709, LIMITED_RANGE = 1, 1
"""Numbers by which a film tells what its values mean (ITU-T H.273), and FFmpeg their range."""


SAME_BYTES = {"fflags": "+bitexact"}
"""No random numbers, and no version of FFmpeg: the same frames give the same bytes."""

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
    if kind.is_moving_picture or kind.sounds is None or not sound:
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
        source: Whose sound, subtitles, rate and title it has.
        sound: Whether it has the sound.
        whole: Whether it is all of the source, whose times then stay as they are.
        recipe: What the film tells of how it was painted, if it can.

    Raises:
        PictureError: If it cannot be written.
    """
    if not path.suffix:
        write_folder(path, frames)
        return
    av = pyav()
    kind = FILM_FORMATS[path.suffix.lower()]
    target, start = path.resolve(), timing.start
    incomplete = beside(target)  # not an open file: what comes first in an MP4 is written last
    options = {**SAME_BYTES, **kind.container_options}
    if not whole or kind.is_moving_picture:
        timing = timing.from_zero()
    if kind.unit is not None:
        timing = timing.counted_in(kind.unit)
    try:
        with images.naming(path):
            with ExitStack() as opened:
                film = opened.enter_context(
                    av.open(str(incomplete), "w", format=kind.container, container_options=options)
                )
                stream = film_stream(film, kind, source, frames[0], timing.base)
                seconds = None if whole else timing.seconds
                tracks = Tracks(film, kind, source, sound, start, seconds)
                opened.callback(tracks.close)
                if recipe is not None:
                    film.metadata[RECIPE_TAG] = recipe
                encode(film, stream, kind, frames, timing, tracks)
                tracks.until(float("inf") if seconds is None else seconds)
            if recipe is not None and kind.is_moving_picture:
                images.add_settings(incomplete, path.suffix.lower(), recipe)
            put(incomplete, target)
    except av.FFmpegError as error:
        raise PictureError(f"'{path}' cannot be written ({error.strerror}).") from error
    finally:
        incomplete.unlink(missing_ok=True)


def encode(
    film: Any, stream: Any, kind: FilmFormat, frames: Sequence[Path], timing: Timing,
    tracks: Tracks,
) -> None:  # fmt: skip
    """Write the frames into a film, and beside each what is heard and read until then."""
    for at, lasts, frame in zip(timing.times, timing.lengths, frames, strict=True):
        tracks.until(float((at - timing.times[0]) * timing.base))
        picture = video_frame(frame, kind)
        picture.pts, picture.time_base = at, timing.base
        picture.duration = lasts
        film.mux(stream.encode(picture))
    film.mux(stream.encode())


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
    av = pyav()
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
        f"'{path}' holds no settings: it must be a film painted by Impasto, with its recipe, and "
        "not changed by another program."
    )
