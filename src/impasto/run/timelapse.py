"""The painting coming into being, as a GIF, WebP or MP4 with an even pace, or in even steps.

Most of a painting appears in its first evaluations. So frames are not taken every so many
evaluations, but after every so much change: a frame's place on the film is how far the picture has
come by then, measured step by step as the distance of colors that the eye sees. Who asks for one
frame every so many evaluations gets exactly these.
"""

from __future__ import annotations

import io
import itertools
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from impasto import images
from impasto.images import Rgb
from impasto.optimize import Step
from impasto.run.recorder import Recorder
from impasto.run.result import Result

LONGEST_SIDE = 720
"""A film is no larger than this, in pixels; a picture may be."""

GAUGE_SIDE = 128
"""Long side of the copies whose distance sets the pace."""

MOST_KEPT = 300
"""Frames kept while the painting goes on; the least needed makes room for a new one."""

MOST_STEPS = 1000
"""Frames that a film of one every so many evaluations may have."""

STILLS = 10
"""How many times as long a frame is shown if there is one every so many evaluations."""

FRAMES, PER_SECOND, HOLD = 100, 20, 30
"""Frames of the film, how many are shown in a second, and for how many the last one stays."""


@dataclass
class Frame:
    """One picture of the film.

    Attributes:
        jpeg: The picture, compressed: a film of any run fits into some ten megabytes.
        evaluation: Its number.
        place: How far the painting had come by then, in units of color distance.
    """

    jpeg: bytes
    evaluation: int
    place: float


@final
class Timelapse(Recorder):
    """Follows a painting and writes a film of it when it ends."""

    def __init__(self, path: Path, numbers: bool = False, every: int | None = None) -> None:
        """Keep where to write.

        Args:
            path: The film.
            numbers: Whether the evaluation's number is written into each frame.
            every: Evaluations from one frame to the next; None for an even pace.
        """
        self.path, self.numbers, self.every = path, numbers, every
        self.frames: list[Frame] = []
        self.shown: Tensor | None = None
        self.gauge: NDArray[np.float32] | None = None
        self.place = 0.0

    def begin(self, result: Result) -> None:
        """Keep what is painted."""
        self.result, self.job = result, result.job

    def add(self, step: Step) -> None:
        """Take in an evaluation, if it has given a better picture, or if it is time."""
        if self.every is not None and step.index % self.every:
            return
        if self.every is not None or step.image is not self.shown:
            self.keep(step)

    def keep(self, step: Step) -> None:
        """Make a frame of the picture after an evaluation."""
        self.shown = step.image
        rgb = self.job.picture(step.image, step.size, step.size)
        height, width = self.job.sizes.shape(GAUGE_SIDE)
        gauge = oklab(images.resize(rgb, width, height))
        if self.gauge is not None:
            self.place += float(np.sqrt(np.mean((gauge - self.gauge) ** 2)))
        self.gauge = gauge
        height, width = self.job.sizes.shape(min(self.job.settings.size, LONGEST_SIDE))
        frame = images.to_pil(images.resize(rgb, width, height))
        self.frames.append(Frame(to_jpeg(frame), step.index, self.place))
        if self.every is None and len(self.frames) > MOST_KEPT:
            thin(self.frames)

    def close(self, finished: bool) -> None:
        """Write the film; if nothing was left to paint, of the picture as it is."""
        if not self.frames and self.result.step is not None:
            self.keep(self.result.step)
        if self.frames and self.every is not None:
            pictures = [[self.picture(frame)] * STILLS for frame in self.frames]
            self.write(list(itertools.chain(*pictures)))
        elif self.frames:
            chosen = pace([frame.place for frame in self.frames], FRAMES)
            shown = [self.frames[index] for index in chosen]
            self.write([*map(self.picture, shown), *[self.picture(shown[-1])] * HOLD])

    def write(self, pictures: Sequence[Image.Image]) -> None:
        """Write the film."""
        encode = FILMS[self.path.suffix.lower()]
        images.replace_file(self.path, encode(pictures))

    def picture(self, frame: Frame) -> Image.Image:
        """Return a frame, with its number if it is to have one."""
        image = Image.open(io.BytesIO(frame.jpeg)).convert("RGB")
        if self.numbers:
            size = max(min(image.size) // 16, 10)
            ImageDraw.Draw(image).text(
                (size // 2, image.height - size // 2), str(frame.evaluation), "white", anchor="ls",
                font=ImageFont.load_default(size), stroke_width=max(size // 10, 1),
                stroke_fill="black",
            )  # fmt: skip
        return image


def thin(frames: list[Frame]) -> None:
    """Take out the frame that leaves the smallest gap; the first and the last two stay."""
    gaps = [after.place - before.place for before, after in zip(frames, frames[2:-1], strict=False)]
    del frames[1 + min(range(len(gaps)), key=gaps.__getitem__)]


def pace(places: Sequence[float], count: int) -> list[int]:
    """Return which frames to show at ``count`` equal steps from the first place to the last.

    Where the picture has jumped, the frame before the jump is shown until the film has caught up.

    Example:
        >>> pace([0.0, 1.0, 1.5, 4.0], 5)
        [0, 1, 2, 2, 3]
    """
    steps = np.linspace(places[0], places[-1], count)
    steps[-1] = places[-1]
    return [bisect_right(places, step) - 1 for step in steps.tolist()]


def oklab(rgb: Rgb) -> NDArray[np.float32]:
    """Return sRGB colors (H, W, 3) in Oklab, where equal distances look about equally large.

    Source: Ottosson (2020), "A perceptual color space for image processing".
    """
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    cones = linear @ np.array([[0.4122214708, 0.2119034982, 0.0883024619],
                               [0.5363325363, 0.6806995451, 0.2817188376],
                               [0.0514459929, 0.1073969566, 0.6299787005]])  # fmt: skip
    lab = np.cbrt(cones) @ np.array([[0.2104542553, 1.9779984951, 0.0259040371],
                                     [0.7936177850, -2.4285922050, 0.7827717662],
                                     [-0.0040720468, 0.4505937099, -0.8086757660]])  # fmt: skip
    return np.asarray(lab, np.float32)


def to_jpeg(image: Image.Image) -> bytes:
    """Return a picture as a JPEG of high quality."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=95, subsampling=0)
    return buffer.getvalue()


def encode_pillow(pictures: Sequence[Image.Image], kind: str, **options: object) -> bytes:
    """Return a film in a format that Pillow writes; equal neighbors become one longer frame."""
    groups = [(picture, len(list(same))) for picture, same in itertools.groupby(pictures)]
    first, *rest = [picture for picture, _ in groups]
    durations = [1000 * length // PER_SECOND for _, length in groups]
    buffer = io.BytesIO()
    first.save(buffer, kind, save_all=True, append_images=rest, duration=durations, loop=0,
               **options)  # fmt: skip
    return buffer.getvalue()


def encode_gif(pictures: Sequence[Image.Image]) -> bytes:
    """Return a GIF: 256 colors in each frame, found for that frame."""
    quantized = {id(p): p.quantize(256, Image.Quantize.MEDIANCUT) for p in pictures}
    return encode_pillow([quantized[id(p)] for p in pictures], "GIF", disposal=1)


def encode_webp(pictures: Sequence[Image.Image]) -> bytes:
    """Return an animated WebP."""
    return encode_pillow(pictures, "WEBP", quality=85, method=3)


def encode_mp4(pictures: Sequence[Image.Image]) -> bytes:
    """Return an MP4 in H.264; sides are cut to even numbers, as the format demands."""
    import av

    width, height = (max(side // 2 * 2, 2) for side in pictures[0].size)
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as film:
        stream = film.add_stream("libx264", rate=PER_SECOND, options={"crf": "18"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for picture in pictures:
            frame = av.VideoFrame.from_ndarray(np.asarray(picture.crop((0, 0, width, height))))
            film.mux(stream.encode(frame))
        film.mux(stream.encode())
    return buffer.getvalue()


FILMS: dict[str, Callable[[Sequence[Image.Image]], bytes]] = {
    ".gif": encode_gif,
    ".webp": encode_webp,
    ".mp4": encode_mp4,
}
"""The kinds of film by extension."""
