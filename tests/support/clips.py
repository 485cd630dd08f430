"""Small clips, drawn by formulas, and films of them."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image

Frames = list[np.ndarray]

MILLISECONDS = Fraction(1, 1000)


def texture(width: int, height: int, seed: int) -> np.ndarray:
    """A picture (H, W, 3) uint8 with detail everywhere, by which motion can be seen."""
    y, x = np.mgrid[0:height, 0:width]
    rng = np.random.default_rng(seed)
    layers = np.zeros((height, width, 3))
    for _ in range(12):
        fx, fy, phase = *rng.uniform(-0.5, 0.5, 2), rng.uniform(0, 6)
        layers += np.sin(fx * x + fy * y + phase)[..., None] * rng.uniform(0.3, 1, 3)
    return np.rint(127 + 100 * np.tanh(layers / 2)).astype(np.uint8)


def moving_square(
    width: int = 48, height: int = 32, count: int = 4, step: tuple[int, int] = (3, 1)
) -> Frames:
    """A textured square that moves by (x, y) pixels a frame over a textured ground at rest."""
    ground, side = texture(width, height, 1), height // 2
    square = texture(side, side, 2)
    frames = []
    for index in range(count):
        frame = ground.copy()
        x, y = 4 + step[0] * index, 4 + step[1] * index
        frame[y : y + side, x : x + side] = square
        frames.append(frame)
    return frames


def panning(width: int = 48, height: int = 32, count: int = 4, step: int = 3) -> Frames:
    """A texture that moves to the left."""
    whole = texture(width + step * count, height, 3)
    return [whole[:, step * index : step * index + width].copy() for index in range(count)]


def as_rgb(frames: Frames) -> Frames:
    """Frames as sRGB in [0, 1]."""
    return [np.float32(frame) / np.float32(255) for frame in frames]


def write_pictures(folder: Path, frames: Frames) -> Path:
    """Write frames as numbered pictures into a folder."""
    folder.mkdir()
    for number, frame in enumerate(frames, start=1):
        Image.fromarray(frame).save(folder / f"{number}.png")
    return folder


def write_film(
    path: Path,
    frames: Frames,
    times: Sequence[int] | None = None,
    codec: str = "libx264",
    pixels: str = "yuv420p",
    sound: str | None = None,
    rotation: int = 0,
    **tags: int,
) -> Path:
    """Write frames as a film, with their times in milliseconds and a tone."""
    import av

    times = times if times is not None else [40 * index for index in range(len(frames))]
    height, width = frames[0].shape[:2]
    first = {"movflags": "+faststart"} if path.suffix == ".mp4" else {}
    with av.open(str(path), "w", container_options=first) as film:
        options = {"crf": "1"} if codec == "libx264" else {}
        stream = film.add_stream(codec, rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = width, height, pixels
        stream.codec_context.time_base = MILLISECONDS
        for name, value in tags.items():
            setattr(stream.codec_context, name, value)
        if rotation:
            stream.set_display_rotation(rotation)
        tone = film.add_stream(sound, rate=48000) if sound else None
        for at, frame in zip(times, frames, strict=True):
            picture = av.VideoFrame.from_ndarray(frame, "rgb24")
            matrix = {"dst_colorspace": "ITU709"} if tags.get("colorspace") == 1 else {}
            if pixels.startswith("yuv"):
                picture = picture.reformat(format=pixels, dst_color_range="MPEG", **matrix)
            picture.pts, picture.time_base, picture.duration = at, MILLISECONDS, 40
            film.mux(stream.encode(picture))
        film.mux(stream.encode())
        if tone is not None:
            for index in range(1 + 48 * (times[-1] + 40) // 1024):
                wave = np.sin(np.arange(1024 * index, 1024 * (index + 1)) / 9)
                levels = np.float32(wave / 4)[None]
                part = av.AudioFrame.from_ndarray(levels, "fltp", "mono")
                part.sample_rate, part.pts = 48000, 1024 * index
                film.mux(tone.encode(part))
            film.mux(tone.encode())
    return path


def shown(path: Path) -> list[tuple[float, np.ndarray]]:
    """Return the times in seconds and the frames of a film, as a player shows them."""
    import av

    with av.open(str(path)) as film:
        return [
            (float(frame.pts * frame.time_base), frame.to_ndarray(format="rgb24"))
            for frame in film.decode(video=0)
        ]


def heard(path: Path) -> list[bytes]:
    """Return the packets of a film's sound."""
    import av

    with av.open(str(path)) as film:
        return [bytes(packet) for packet in film.demux(audio=0) if packet.dts is not None]


def with_subtitles(path: Path, folder: Path) -> Path:
    """Write a film of four frames with two subtitles and two chapters."""
    import av

    words = folder / "words.srt"
    words.write_text(
        "1\n00:00:00,000 --> 00:00:00,060\none\n\n2\n00:00:00,130 --> 00:00:00,170\ntwo\n"
    )
    parts = (("first", 0, 100), ("second", 100, 210))
    plain = write_film(folder / "plain.mp4", panning(), (0, 40, 130, 170))
    with (
        av.open(str(plain)) as pictures,
        av.open(str(words)) as texts,
        av.open(str(path), "w") as film,
    ):
        film.metadata.update(title="two words", comment="about the source")
        film.set_chapters(
            [
                {"id": at, "start": start, "end": end, "time_base": MILLISECONDS,
                 "metadata": {"title": title}}
                for at, (title, start, end) in enumerate(parts, start=1)
            ]
        )  # fmt: skip
        copies = [film.add_stream_from_template(pictures.streams.video[0], opaque=True),
                  film.add_stream_from_template(texts.streams.subtitles[0])]  # fmt: skip
        copies[1].metadata["language"] = "ger"
        for source, copy in zip((pictures, texts), copies, strict=True):
            for packet in source.demux():
                if packet.dts is not None:
                    packet.stream = copy
                    film.mux(packet)
    return path
