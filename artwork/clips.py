"""Draw the sample clip from the sample photographs and a sample sound: ``python -m artwork.clips``.

A cup of coffee, over which the camera sways, and a cat that goes around before it: motion that is
known, and that begins anew where it ends.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from impasto import images, samples
from impasto.images import Rgb

WIDTH, HEIGHT, FRAMES, RATE = 384, 256, 24, 12

SWAY, NEARER = 0.05, 0.06
"""How far the camera moves, in terms of the photograph's width, and comes closer."""

DISC, ROUND = 132, (76, 44)
"""Diameter of the disc with the cat, and half axes of the way that it goes, in pixels."""

SOUND_RATE, CHUNK = 44100, 1024
"""Samples in a second, and in a frame of AAC."""


def frames() -> Iterator[Rgb]:
    """Yield the frames (H, W, 3), sRGB in [0, 1]."""
    ground = images.read(samples.photograph("coffee")).rgb
    cat = images.resize(images.read(samples.photograph("cat")).rgb, 210, 140)[:DISC, 34 : 34 + DISC]
    y, x = np.mgrid[0:DISC, 0:DISC]
    middle = (DISC - 1) / 2
    disc = np.clip(middle - np.hypot(y - middle, x - middle), 0, 1)[..., None]
    for angle in np.arange(FRAMES) * 2 * np.pi / FRAMES:
        frame = seen(ground, float(angle))
        left = round((WIDTH - DISC) / 2 + ROUND[0] * np.cos(angle))
        top = round((HEIGHT - DISC) / 2 + ROUND[1] * np.sin(angle))
        part = frame[top : top + DISC, left : left + DISC]
        part += (cat - part) * disc
        yield frame


def seen(ground: Rgb, angle: float) -> Rgb:
    """Return what the camera sees of the photograph at a time, which is an angle."""
    rows, columns = ground.shape[:2]
    scale = columns / WIDTH * (0.85 + NEARER * np.cos(angle))
    left = columns * (0.5 + SWAY * np.sin(angle)) - scale * WIDTH / 2
    place = np.array([[scale, 0, left], [0, scale, rows / 2 - scale * HEIGHT / 2]], np.float32)
    return np.asarray(
        cv2.warpAffine(
            ground, place, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REFLECT,
        ),
        np.float32,
    )  # fmt: skip


def write(path: Path) -> None:
    """Write the clip as an MP4, with two seconds of bubbles."""
    with av.open(str(path), "w", container_options={"fflags": "+bitexact"}) as film:
        video = film.add_stream("libx264", rate=RATE, options={"crf": "19", "preset": "veryslow"})
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        context = video.codec_context
        context.color_range = context.colorspace = context.color_primaries = context.color_trc = 1
        audio = film.add_stream("aac", rate=SOUND_RATE, layout="mono")
        audio.bit_rate = 64_000
        for index, rgb in enumerate(frames()):
            levels = np.rint(rgb.clip(0, 1) * 255).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(levels, "rgb24").reformat(
                format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG"
            )
            frame.pts, frame.time_base = index, Fraction(1, RATE)
            film.mux(video.encode(frame))
        film.mux(video.encode())
        for part in sound():
            film.mux(audio.encode(part))
        film.mux(audio.encode())


def sound() -> Iterator[av.AudioFrame]:
    """Yield the sample sound of bubbles, for as long as the clip lasts."""
    resampler = av.AudioResampler("fltp", "mono", SOUND_RATE, CHUNK)
    wanted = FRAMES * SOUND_RATE // RATE
    with av.open(str(samples.sound("bubbles"))) as container:
        for decoded in container.decode(audio=0):
            for each in resampler.resample(decoded):
                if each.pts + each.samples > wanted:
                    return
                yield each


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the clip and print its path."""
    parser = argparse.ArgumentParser(prog="python -m artwork.clips", description=__doc__)
    usual = Path(__file__).parent.parent / "src/impasto/samples/clips"
    parser.add_argument("-o", "--output", type=Path, default=usual, metavar="DIR")
    folder: Path = parser.parse_args(arguments).output
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "cup.mp4"
    write(path)
    print(path)


if __name__ == "__main__":
    main()
