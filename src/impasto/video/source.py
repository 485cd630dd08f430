"""What is read as a clip: frames in sRGB, upright, with times."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from impasto.images import Rgb


@dataclass(frozen=True, eq=False)
class SourceFrame:
    """One frame of a clip.

    Attributes:
        rgb: (H, W, 3), sRGB in [0, 1], upright; its pixels need not be square.
        at: When it is shown, in units of the clip's time base.
        lasts: How long, likewise; 0 if the clip does not tell.
    """

    rgb: Rgb
    at: int
    lasts: int


class Source(ABC):
    """A clip that can be read.

    Attributes:
        path: Where it is.
        width: Of a frame as it is shown, upright and in square pixels.
        height: Likewise.
        time_base: The unit of its times, in seconds.
        rate: Frames in a second, by and large.
        origin: The time of its first frame, in units of the time base.
        bits: That a channel of its frames has: 8, or 16 for more.
        expected: How many frames it has, if it tells.
    """

    path: Path
    width: int
    height: int
    time_base: Fraction
    rate: Fraction
    origin: int = 0
    bits: int = 8
    expected: int | None = None

    @abstractmethod
    def frames(self, start: float = 0) -> Iterator[SourceFrame]:
        """Yield the frames in the order of their times, the first ones at or before a start.

        Args:
            start: In seconds; what is shown earlier may be left out.

        Raises:
            PictureError: If the clip is damaged; the message says where.
        """

    @abstractmethod
    def files(self) -> list[Path]:
        """Return every file that is read."""
