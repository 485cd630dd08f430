"""The sheet about sounds: samples, and what was made of them. The sounds are written, too."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import Any

from PIL import Image

from impasto.samples import SOUNDS, sound
from impasto.sound import Sound, read_sound, stacked, texture, write_sound

FOLDER = Path(__file__).resolve().parents[1] / "sounds"

SETTINGS: dict[str, Any] = {"seconds": 8}

HALF = 450
"""Width of one spectrogram in pixels."""


def pairs() -> Image.Image:
    """Return the spectrograms of all samples, each beside that of what was made of it."""
    FOLDER.mkdir(exist_ok=True)
    rows = []
    for name in SOUNDS:
        recording = read_sound(sound(name))
        made = deque(texture(recording, **SETTINGS), maxlen=1).pop()
        print(f"{name}: {made.copy:.2f} like a piece of the recording")
        write_sound(FOLDER / f"{name}.mp3", made.sound)
        rows.append((name, recording, made.sound))
    return beside(rows)


def beside(rows: list[tuple[str, Sound, Sound]]) -> Image.Image:
    """Return the spectrograms of recordings on the left, and of what was made on the right."""
    pictures = [
        stacked([(f"{name}, the recording", one), (f"{name}, made of it", other)], HALF)
        for name, one, other in rows
    ]
    height = pictures[0].height // 2
    sheet = Image.new("RGB", (2 * HALF + 8, height * len(rows)), "white")
    for number, picture in enumerate(pictures):
        for side in (0, 1):
            half = picture.crop((0, side * height, HALF, (side + 1) * height))
            sheet.paste(half, (side * (HALF + 8), number * height))
    return sheet


SHEETS = {"sound": pairs}
