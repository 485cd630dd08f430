"""Sounds in: whatever FFmpeg reads."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from impasto.errors import SoundError
from impasto.extras import require
from impasto.ffmpeg import RECIPE_TAG, Unopened, open_media, reason
from impasto.sound.recording import (
    LONGEST_RECORDING,
    MOST_CHANNELS,
    Samples,
    Sound,
    check_sound,
    too_long,
)

TAGS = ("title", "artist", "album", "genre", "date", "copyright")
"""What is taken over from a recording to what is made of it."""

WHOLE_ENOUGH = 0.9
"""A file that has less of the sound than it tells of is damaged: FFmpeg stops without a word."""

DEPTHS = {"u8": "16", "s16": "16", "s32": "24", "flt": "32", "dbl": "32"}
"""Bits of a sample by FFmpeg's name of its type."""

LOSSLESS = ("pcm", "flac", "alac", "wavpack")
"""How the names of codes begin that lose nothing."""


def pyav() -> Any:
    """Return PyAV, or raise SettingsError, which says how to get it."""
    return require("av", "sound", "a sound is read and written by PyAV")


def as_sound(given: Any, rate: int | None = None) -> Sound:
    """Return a sound that has been checked.

    Args:
        given: A path, a `Sound`, or a pair of samples (C, N) or (N,) and their rate.
        rate: Samples in a second; those of what is given if None.

    Raises:
        SoundError: If it cannot be read, or nothing can be learned from it.
    """
    if isinstance(given, str | os.PathLike):
        sound = read_sound(Path(given), rate)
    elif isinstance(given, Sound):
        sound = resampled(given, rate)
    else:
        sound = resampled(from_arrays(given), rate)
    check_sound(sound)
    return sound


def from_arrays(given: Any) -> Sound:
    """Return the sound of a pair of samples and their rate.

    Raises:
        SoundError: If it is none.
    """
    try:
        samples, rate = given
        array: Samples = np.atleast_2d(np.asarray(samples, np.float32))
        return Sound(array, int(rate), "32")
    except (TypeError, ValueError):
        raise SoundError(
            f"{type(given).__name__} is no sound: give a path, or a pair of samples (C, N), within "
            "-1 and 1, and their rate."
        ) from None


def read_sound(path: Path, rate: int | None = None) -> Sound:
    """Read a file.

    Raises:
        SoundError: If it is damaged, or has no sound, too much of it, or too many channels.
    """
    av = pyav()
    try:
        container = open_media(path, "sound")
    except Unopened as error:
        raise SoundError(
            f"'{path}' cannot be read as a sound ({error}): it must be a file that FFmpeg reads, "
            "like .wav, .flac, .ogg, .mp3 or .m4a."
        ) from None
    with container:
        if not container.streams.audio:
            raise SoundError(f"'{path}' has no sound: choose a recording.")
        refuse_cut(path)
        stream = container.streams.audio[0]
        if stream.channels > MOST_CHANNELS:
            raise SoundError(
                f"'{path}' has {stream.channels} channels: it must have 1 to {MOST_CHANNELS}, mix "
                "some of them together."
            )
        told = float((stream.duration or 0) * (stream.time_base or 0))
        if told > 1.01 * LONGEST_RECORDING:
            raise too_long(f"'{path}'", told)
        rate = rate or int(stream.rate)
        try:
            pieces = list(decoded(path, container, stream, rate))
        except av.FFmpegError as error:
            raise SoundError(f"'{path}' is damaged ({reason(error)}): export it again.") from None
        code = stream.codec_context
        bits = DEPTHS.get(str(code.format.packed.name), "16") if code.format else "16"
        lossless = str(code.name).startswith(LOSSLESS)
        tags = {key.lower(): text for key, text in (*container.metadata.items(),
                                                    *stream.metadata.items())}  # fmt: skip
    samples: Samples = np.concatenate(pieces, axis=1) if pieces else np.zeros((1, 0), np.float32)
    found = samples.shape[1] / rate
    if found < WHOLE_ENOUGH * told:
        raise SoundError(
            f"'{path}' is damaged: {found:.2f} of {told:.2f} seconds are there; export it again."
        )
    return Sound(samples, rate, bits if lossless else "16", tags, path)


def refuse_cut(path: Path) -> None:
    """Raise SoundError for a WAV that is shorter than it tells: FFmpeg takes what is there."""
    with path.open("rb") as file:
        header = file.read(12)
    told, found = int.from_bytes(header[4:8], "little") + 8, path.stat().st_size
    if header[:4] == b"RIFF" and header[8:] == b"WAVE" and found < WHOLE_ENOUGH * told < 2**32:
        raise SoundError(
            f"'{path}' is damaged: {found} of {told} bytes are there; export it again."
        )


def decoded(path: Path, container: Any, stream: Any, rate: int) -> Iterator[Samples]:
    """Yield the samples (C, n) of a stream, at a rate."""
    av = pyav()
    resampler = av.AudioResampler("fltp", stream.layout, rate)
    count = 0
    for frame in chain(container.decode(stream), [None]):
        for each in resampler.resample(frame):
            samples: NDArray[np.float32] = each.to_ndarray()
            count += samples.shape[1]
            if count > LONGEST_RECORDING * rate:
                raise too_long(f"'{path}'", count / rate)
            yield samples


def resampled(sound: Sound, rate: int | None) -> Sound:
    """Return a sound at another rate."""
    if rate is None or rate == sound.rate:
        return sound
    av = pyav()
    frame = av.AudioFrame.from_ndarray(
        np.ascontiguousarray(sound.samples), "fltp", layout_of(sound.channels)
    )
    frame.rate = sound.rate
    resampler = av.AudioResampler("fltp", layout_of(sound.channels), rate)
    parts = [each.to_ndarray() for given in (frame, None) for each in resampler.resample(given)]
    return Sound(np.concatenate(parts, axis=1), rate, sound.bits, sound.tags, sound.path)


def layout_of(channels: int) -> str:
    """Return FFmpeg's name of the usual places of so many loudspeakers."""
    return ("mono", "stereo", "2.1", "quad", "5.0", "5.1")[channels - 1]


def read_sound_recipe(path: Path) -> dict[str, Any]:
    """Return the recipe inside a sound file.

    Raises:
        SoundError: If it is no sound, or holds no recipe.
    """
    try:
        with open_media(path, "sound") as container:
            streams = [container, *container.streams.audio]
            tags = {k.lower(): text for each in streams for k, text in each.metadata.items()}
    except Unopened as error:
        raise SoundError(f"'{path}' cannot be read as a sound ({error}).") from None
    try:
        recipe = json.loads(tags[RECIPE_TAG])
        if isinstance(recipe["impasto"], str) and isinstance(recipe["sound"], dict):
            found: dict[str, Any] = recipe
            return found
    except (ValueError, LookupError, TypeError, RecursionError):
        pass
    raise SoundError(
        f"'{path}' holds no settings: it must be a sound made by Impasto, and not changed by "
        "another program."
    )
