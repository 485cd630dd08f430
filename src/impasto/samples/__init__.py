"""Pictures, sounds and a clip that come with the package, so that the first try needs no download.

The photographs are free of copyright; paintings, sounds and clip are the project's own, made by
``python -m artwork.paint``, ``artwork.sounds`` and ``artwork.clips``. ``README.md`` in this folder
states origin and license.
"""

from __future__ import annotations

from pathlib import Path

from impasto.errors import look_up

__all__ = ["CLIPS", "PAINTINGS", "PHOTOGRAPHS", "SOUNDS", "clip", "painting", "photograph", "sound"]

PHOTOGRAPHS: dict[str, str] = {
    "astronaut": "portrait of an astronaut in an orange suit, 512 x 512 (NASA)",
    "cat": "a tabby cat, close up, 451 x 300",
    "coffee": "a cup of coffee on a wooden table, 600 x 400",
    "rocket": "a rocket on its launch pad at dusk, 640 x 427 (SpaceX)",
}

PAINTINGS: dict[str, str] = {
    "swirls": "a harbor at night: thick strokes along a turbulent sky, blue and yellow",
    "dots": "a sunlit shore: pointillist touches of pure color",
    "facets": "guitar and bottle: overlapping planes in ochre, gray and green",
    "ink": "mountains in mist: ink wash on warm paper, one vermilion sun",
    "embers": "an autumn lake: palette-knife slabs of red, orange, magenta and teal",
    "woodcut": "a lighthouse in a storm: carved lines in black, blue and red",
}

SOUNDS: dict[str, str] = {
    "rain": "a steady hiss, and drops that ring",
    "fire": "a low roar that breathes, and crackling in flurries",
    "wind": "noise through a resonance that wanders",
    "crickets": "two crickets, each with its pitch and its rhythm",
    "clock": "tick and tock, two a second",
    "bubbles": "bubbles in water, whose pitch rises",
}

CLIPS: dict[str, str] = {
    "cup": "a camera sways over a cup of coffee, a cat goes around before it; 2 s, with sound",
}

_FOLDER = Path(__file__).parent


def photograph(name: str) -> Path:
    """Return the file of a sample photograph.

    Args:
        name: A row of ``PHOTOGRAPHS``.

    Raises:
        UnknownName: If there is no such photograph.

    Example:
        >>> photograph("cat").name
        'cat.jpg'
    """
    look_up(PHOTOGRAPHS, name, "sample photograph")
    return _FOLDER / "photographs" / f"{name}.jpg"


def painting(name: str) -> Path:
    """Return the file of a sample painting, for use as a style.

    Args:
        name: A row of ``PAINTINGS``.

    Raises:
        UnknownName: If there is no such painting.

    Example:
        >>> painting("swirls").name
        'swirls.jpg'
    """
    look_up(PAINTINGS, name, "sample painting")
    return _FOLDER / "paintings" / f"{name}.jpg"


def sound(name: str) -> Path:
    """Return the file of a sample sound, 8 seconds at 22,050 Hz.

    Args:
        name: A row of ``SOUNDS``.

    Raises:
        UnknownName: If there is no such sound.

    Example:
        >>> sound("rain").name
        'rain.ogg'
    """
    look_up(SOUNDS, name, "sample sound")
    return _FOLDER / "sounds" / f"{name}.ogg"


def clip(name: str) -> Path:
    """Return the file of a sample clip, 384 x 256 pixels, 12 frames a second.

    Args:
        name: A row of ``CLIPS``.

    Raises:
        UnknownName: If there is no such clip.

    Example:
        >>> clip("cup").name
        'cup.mp4'
    """
    look_up(CLIPS, name, "sample clip")
    return _FOLDER / "clips" / f"{name}.mp4"
