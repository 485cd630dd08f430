"""Sounds out: complete, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from impasto import images
from impasto.errors import SoundError
from impasto.ffmpeg import RECIPE_TAG
from impasto.filesystem import beside, put
from impasto.sound.formats import SOUND_FORMATS, SoundFormat
from impasto.sound.reading import TAGS, layout_of, pyav
from impasto.sound.recording import Samples, Sound

CHUNK = 2**16
"""Samples that are given to FFmpeg at a time."""


def check_sound_file(path: Path, channels: int, bits: str | None) -> None:
    """Find out before the work starts whether a file can hold a sound.

    Raises:
        UsageError: If not.
    """
    images.check_suffix(path, SOUND_FORMATS)
    kind = SOUND_FORMATS[path.suffix.lower()]
    if channels > kind.channels:
        raise SoundError(
            f"'{path}' would have {channels} channels, and a {path.suffix} holds {kind.channels}: "
            "write a .wav or a .flac."
        )
    if bits is not None and "" not in kind.codecs and bits not in kind.codecs:
        raise SoundError(
            f"a {path.suffix} has samples of {' or '.join(kind.codecs)} bits, not {bits}: write a "
            ".wav."
        )


def write_sound(path: Path, sound: Sound, recipe: str | None = None) -> None:
    """Write a file.

    Args:
        path: Its extension is one of `SOUND_FORMATS`.
        sound: What to write; samples beyond full scale are cut off where the file has whole
            numbers.
        recipe: What the file tells of how it was made.

    Raises:
        UsageError: If it cannot be written.
    """
    check_sound_file(path, sound.channels, None)
    av, target = pyav(), path.resolve()
    kind, incomplete = SOUND_FORMATS[path.suffix.lower()], beside(path.resolve())
    options = {"fflags": "+bitexact", **kind.options}
    try:
        with images.naming(path):
            with av.open(str(incomplete), "w", format=kind.container,
                         container_options=options) as container:  # fmt: skip
                tags = {name: sound.tags[name] for name in TAGS if name in sound.tags}
                container.metadata.update(tags)
                if recipe is not None:
                    container.metadata[RECIPE_TAG] = recipe
                _encode(container, sound, kind)
            put(incomplete, target)
    except av.FFmpegError as error:
        raise SoundError(f"'{path}' cannot be written ({error.strerror}).") from error
    finally:
        incomplete.unlink(missing_ok=True)


def _encode(container: Any, sound: Sound, kind: SoundFormat) -> None:
    av = pyav()
    bits = sound.bits if sound.bits in kind.codecs else max(kind.codecs)
    codec = av.codec.Codec(kind.codecs[bits], "w")
    rate = sound.rate
    if codec.audio_rates and rate not in codec.audio_rates:
        rate = min((r for r in codec.audio_rates if r >= rate), default=max(codec.audio_rates))
    stream = container.add_stream(kind.codecs[bits], rate=rate, layout=layout_of(sound.channels))
    if bits in ("24", "32") and codec.name == "flac":
        stream.format = "s32"  # of which the encoder takes 24 bits
    if kind.bit_rate:
        stream.bit_rate = kind.bit_rate * sound.channels
    context = stream.codec_context
    context.time_base = Fraction(1, rate)
    resampler = av.AudioResampler(stream.format, stream.layout, rate, context.frame_size or None)
    for frame in chain(_frames(sound), [None]):
        for each in resampler.resample(frame):
            container.mux(stream.encode(each))
    container.mux(stream.encode(None))


def _frames(sound: Sound) -> Iterator[Any]:
    """Yield the samples as FFmpeg's frames."""
    av = pyav()
    for at in range(0, sound.samples.shape[1], CHUNK):
        part: Samples = np.ascontiguousarray(sound.samples[:, at : at + CHUNK], np.float32)
        frame = av.AudioFrame.from_ndarray(part, "fltp", layout_of(sound.channels))
        frame.rate, frame.pts, frame.time_base = sound.rate, at, Fraction(1, sound.rate)
        yield frame
