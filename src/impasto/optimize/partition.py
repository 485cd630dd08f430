"""How the vectors of an optimizer lie: whole, or in blocks, some of them in other processes.

A product of two vectors is a sum over blocks. So an optimizer that asks a partition to complete its
sums works on a part of the image as on all of it: see `impasto.ranks`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Protocol, final

from torch import Tensor


class Partition(Protocol):
    """Divides a vector into blocks, of which some may lie in other processes."""

    @property
    def names(self) -> Sequence[str]:
        """What to call the blocks that lie here, in a file that may be read by others."""

    def split(self, vector: Tensor) -> Sequence[Tensor]:
        """Return the blocks of a vector that lie here, as views of what this process has of it."""

    def length(self, vector: Tensor) -> int:
        """Return how many values the whole vector has."""

    def gather(self, parts: Sequence[Any]) -> Sequence[Any]:
        """Return what belongs to each block, for all of them in their order.

        Everybody adds up the same in the same order, so that all know the same sum.

        Args:
            parts: What belongs to each block that lies here.
        """


@final
class Undivided:
    """One block that is the whole vector."""

    names = ("",)

    def split(self, vector: Tensor) -> Sequence[Tensor]:
        """Return the vector."""
        return [vector]

    def length(self, vector: Tensor) -> int:
        """Return its length."""
        return vector.numel()

    def gather(self, parts: Sequence[Any]) -> Sequence[Any]:
        """Return what there is."""
        return parts


UNDIVIDED: Final = Undivided()
