"""The kinds of sound files that are written, and what each can hold.

| extension       | code        | bits       | rates                          |
|-----------------|-------------|------------|--------------------------------|
| `.wav`          | PCM         | 16, 24, 32 | all                            |
| `.flac`         | FLAC        | 16, 24     | all                            |
| `.ogg`, `.opus` | Opus        | lossy      | resampled to 48,000            |
| `.mp3`          | MP3         | lossy      | 8,000 to 48,000, mono, stereo  |
| `.m4a`          | AAC         | lossy      | 7,350 to 96,000                |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class SoundFormat:
    """A kind of file.

    Attributes:
        container: FFmpeg's name of it.
        codecs: FFmpeg's name of the code by the bits of a sample; "" for one that has none.
        channels: Of a sound at most.
        bit_rate: In a second, for each channel, where something is lost.
        options: Of the container.
    """

    container: str
    codecs: Mapping[str, str]
    channels: int = 6
    bit_rate: int = 0
    options: Mapping[str, str] = field(default_factory=dict)


_OPUS = SoundFormat("ogg", {"": "libopus"}, bit_rate=96_000)

SOUND_FORMATS: dict[str, SoundFormat] = {
    ".wav": SoundFormat(
        "wav", {"16": "pcm_s16le", "24": "pcm_s24le", "32": "pcm_f32le"}, options={"rf64": "auto"}
    ),
    ".flac": SoundFormat("flac", {"16": "flac", "24": "flac"}),
    ".ogg": _OPUS,
    ".opus": _OPUS,
    ".mp3": SoundFormat("mp3", {"": "libmp3lame"}, channels=2, bit_rate=96_000),
    ".m4a": SoundFormat("ipod", {"": "aac"}, bit_rate=96_000),
}
"""By extension."""
