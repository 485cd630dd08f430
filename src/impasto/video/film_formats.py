"""The kinds of film that can be written, with what each can hold.

| extension     | picture                    | sound that is copied as it is    | subtitles     |
|---------------|----------------------------|----------------------------------|---------------|
| `.mp4` `.mov` | H.264, 4:2:0, BT.709       | AAC, MP3, ALAC, AC-3, FLAC, Opus | those of MP4  |
| `.webm`       | VP9, 4:2:0, BT.709         | Opus, Vorbis                     | WebVTT        |
| `.mkv`        | FFV1, RGB: lossless        | all                              | all but MP4's |
| `.gif`        | 256 colors a frame         | none                             | none          |
| `.webp`       | lossy, colors at half size | none                             | none          |
| `.apng`       | lossless                   | none                             | none          |
| none          | pictures, 000001.png ...   | none                             | none          |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction


@dataclass(frozen=True)
class FilmFormat:
    """A kind of film that FFmpeg writes.

    Attributes:
        container: Its name to FFmpeg.
        codec: Of the pictures.
        pixels: How the codec is given them.
        options: Of the codec.
        sounds: Codecs of sound that it can hold; None for all.
        container_options: Of the container.
        unit: In which it counts time, in seconds; None for that of the source.
        subtitles: Codecs of subtitles that it can hold.
    """

    container: str
    codec: str
    pixels: str
    options: Mapping[str, str]
    sounds: tuple[str, ...] | None
    container_options: Mapping[str, str] = field(default_factory=dict)
    unit: Fraction | None = None
    subtitles: tuple[str, ...] = ()

    @property
    def is_moving_picture(self) -> bool:
        """Whether it has frames and nothing else, and its times begin with 0."""
        return self.sounds == ()

    @property
    def is_video(self) -> bool:
        """Whether the values of its pictures are those of video, and its sides even."""
        return self.pixels == "yuv420p" and not self.is_moving_picture


_SOUNDS_OF_MP4 = ("aac", "mp3", "mp3float", "alac", "ac3", "eac3", "flac", "opus", "libopus")
_X264 = {"crf": "16", "preset": "medium"}
_FIRST_THINGS_FIRST = {"movflags": "+faststart"}

MP4 = FilmFormat(
    *("mp4", "libx264", "yuv420p", _X264, _SOUNDS_OF_MP4, _FIRST_THINGS_FIRST),
    subtitles=("mov_text",),
)
MOV = replace(MP4, container="mov")
WEBM = FilmFormat(
    *("webm", "libvpx-vp9", "yuv420p", {"crf": "24", "b": "0", "cpu-used": "3"}),
    ("opus", "libopus", "vorbis", "libvorbis"),
    subtitles=("webvtt",),
)
MKV = FilmFormat(
    *("matroska", "ffv1", "bgr0", {"level": "3", "slicecrc": "1"}, None),
    subtitles=("subrip", "ass", "webvtt", "hdmv_pgs_subtitle", "dvd_subtitle", "dvb_subtitle"),
)
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
