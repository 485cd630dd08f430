"""The sheet about clips: a moving clip made of the samples, painted frame by frame and as one."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import numpy as np
from docs.pictures.sheets import sheet
from PIL import Image

from impasto import images, stylize, stylize_video
from impasto.images import Rgb
from impasto.samples import painting, photograph
from impasto.video import flicker

WIDTH, HEIGHT, FRAMES, SHOWN = 256, 176, 8, (0, 2, 4, 6)

SETTINGS: dict[str, Any] = {"size": WIDTH, "backbone": "pocket", "threads": 1}

NOISE = 2 / 255
"""Standard deviation of what a camera would add to each frame."""


def moving_clip() -> list[Rgb]:
    """Return a clip: the camera pans and closes in on the coffee, and the cat passes before it."""
    ground = images.read(photograph("coffee")).rgb
    passing = images.resize(images.read(photograph("cat")).rgb, 150, 100)[:96, 20:116]
    rows, columns = ground.shape[:2]
    y, x = np.mgrid[0:96, 0:96]
    disc = np.clip(47 - np.hypot(y - 47.5, x - 47.5), 0, 1)[..., None]
    rng = np.random.default_rng(0)
    frames = []
    for index in range(FRAMES):
        zoom = columns / WIDTH * 0.8 * (1 - 0.012 * index)
        left = columns * (0.44 + 0.012 * index) - zoom * WIDTH / 2
        place = np.array([[zoom, 0, left], [0, zoom, rows / 2 - zoom * HEIGHT / 2]], np.float32)
        frame = cv2.warpAffine(
            ground, place, (WIDTH, HEIGHT), flags=cv2.INTER_AREA | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REFLECT,
        )  # fmt: skip
        top, left_of_disc = 20 + 6 * index, 20 + 12 * index
        part = frame[top : top + 96, left_of_disc : left_of_disc + 96]
        part += (passing - part) * disc
        frames.append((frame + rng.normal(0, NOISE, frame.shape)).clip(0, 1))
    return frames


def side_by_side() -> Image.Image:
    """Return some frames of the clip, painted frame by frame, and painted as one."""
    clip, style = moving_clip(), painting("swirls")
    apart = [stylize(frame, style, protect_faces=0, **SETTINGS).rgb for frame in clip]
    with TemporaryDirectory() as folder:
        for index, frame in enumerate(clip):
            images.write(Path(folder) / f"{index}.png", frame)
        as_one = [each.result.rgb for each in stylize_video(folder, style, **SETTINGS)]
    for name, frames in (("clip", clip), ("frame by frame", apart), ("as one", as_one)):
        print(f"{name}: flicker {flicker(clip, frames):.3f}")
    rows = [[images.to_pil(row[at]) for at in SHOWN] for row in (clip, apart, as_one)]
    return sheet(*rows, height=HEIGHT)


SHEETS = {"video": side_by_side}
