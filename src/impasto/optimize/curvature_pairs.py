"""What L-BFGS remembers: its last steps, and how they changed the gradient.

The vectors are as long as the image has values, and there are ``2 history`` of them, so a step of
the optimizer takes as long as it takes to fetch them from memory. The textbook's two loops take
them one at a time, and fetch and write their own vector again for each. Here the vectors are the
rows of a matrix, and the loops run on coefficients of these rows: the matrix is read once for all
products, and once for the sum, and nothing else is as long.

Source: Chen, Wang and Zhou (2014), "Large-scale L-BFGS using MapReduce".
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from impasto.optimize.optimizer import OptimizerState, expect_tensor
from impasto.optimize.partition import UNDIVIDED, Partition
from impasto.statistics import accumulable, exact

Numbers = npt.NDArray[np.float64]

TINY = 1e-30
"""What a length is taken for that is 0, before it is divided by."""

LARGE = 2**22
"""Values from which a vector is remembered in bfloat16 instead of float32: from about 1400 x 1000
pixels. It only tells where to go next: the loss is the same to 0.2 %, and twice the history has
room. Smaller vectors stay as they are, because to widen them again would take longer."""

CURVATURE_FLOOR = 1e-10
"""Smallest ``s·y / (|s| |y|)`` of a pair that L-BFGS keeps. It is relative, so that an objective
may be scaled by any factor without a change of the result."""

VECTOR_PIECE = 2**19
"""Values of a vector that are taken at a time; fewer of the matrix if it has more than 20 rows."""

BLOCK = 2**12
"""Values whose products are summed in float32; float64 adds up these sums."""


class CurvaturePair(NamedTuple):
    """One remembered step of L-BFGS.

    Attributes:
        s: How the image changed, as the blocks of a vector that lie here.
        y: How the gradient changed, likewise.
        curvature: ``s·y``, positive.
        lengths: ``|s| |y|``.
        ratio: ``|s| / |y|``.
    """

    s: Sequence[Tensor]
    y: Sequence[Tensor]
    curvature: float
    lengths: float
    ratio: float

    @classmethod
    def of(cls, s: Tensor, y: Tensor, partition: Partition = UNDIVIDED) -> CurvaturePair:
        """Return the pair of two vectors."""
        ours = partition.split(s), partition.split(y)
        parts = [(dot(a, a), dot(b, b), dot(a, b)) for a, b in zip(*ours, strict=True)]
        ss, yy, sy = map(sum, zip(*partition.gather(parts), strict=True))
        lengths = math.sqrt(ss), math.sqrt(yy)
        return cls(*ours, sy, math.prod(lengths), lengths[0] / max(lengths[1], TINY))


class CurvaturePairs:
    """The last pairs, the oldest first.

    Attributes:
        history: How many are kept at most.
        partition: How the vectors lie.
        places: The pairs by where they lie in ``rows``, in the order in which they came.
        rows: For each block that lies here a matrix, whose row ``2k`` is s and whose row ``2k + 1``
            is y of the pair in place k; nothing without pairs.
        products: The product of every two rows.
        unknown: The places whose products are still to be computed.
    """

    def __init__(self, history: int, partition: Partition = UNDIVIDED) -> None:
        """Begin without pairs."""
        self.history, self.partition = history, partition
        self.clear()

    def clear(self) -> None:
        """Forget all pairs."""
        self.places: dict[int, CurvaturePair] = {}
        self.rows: list[Tensor] = []
        self.products: Numbers = np.zeros((2 * self.history, 2 * self.history))
        self.unknown: set[int] = set()

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.places)

    def __iter__(self) -> Iterator[CurvaturePair]:
        """Yield the pairs, the oldest first."""
        yield from self.places.values()

    @property
    def newest(self) -> CurvaturePair:
        """The last pair; there has to be one."""
        return next(reversed(self.places.values()))

    def remember(self, s: Tensor, y: Tensor) -> None:
        """Keep a pair unless it shows no positive curvature; the oldest makes room for it."""
        kept = kept_type(self.partition.length(s), s.dtype)
        pair = CurvaturePair.of(s.to(kept), y.to(kept), self.partition)
        if not pair.curvature > CURVATURE_FLOOR * pair.lengths or self.history == 0:
            return
        is_full = len(self) == self.history
        self._put(next(iter(self.places)) if is_full else len(self), pair)

    def apply(self, gradient: Tensor, scale: float) -> Tensor:
        """Return the product of the inverse Hessian and the gradient.

        Args:
            gradient: A vector.
            scale: The inverse curvature where nothing is remembered.
        """
        if not self.places:
            return gradient * scale
        coefficients = self._two_loops(self._multiply(gradient), scale)
        return self._combine(coefficients, gradient, scale)

    def state(self) -> OptimizerState:
        """Return all of it; the vectors are not copied, and the next steps overwrite them."""
        memory: OptimizerState = {"pairs": len(self), "oldest": next(iter(self.places), 0)}
        for place, pair in self.places.items():
            measures = torch.tensor(pair[2:], dtype=torch.float64, device="cpu")
            memory[f"measures {place}"] = measures
            for name, s, y in zip(self.partition.names, pair.s, pair.y, strict=True):
                memory |= {f"s {place}{name}": s, f"y {place}{name}": y}
        if self.places and not self.unknown:
            used = 2 * len(self)
            memory["products"] = torch.from_numpy(self.products[:used, :used].copy())
        return memory

    def restore(self, memory: OptimizerState) -> None:
        """Take over what `state` has returned, and take the vectors out of it.

        They come to lie where they were, and nothing is measured again, so that the next steps are
        the same to the last bit: how a product is rounded depends on where its vectors begin in
        memory.

        Raises:
            ValueError: If the parts do not belong together, or are none that were remembered.
            KeyError: If one is missing.
        """
        self.clear()
        number, oldest = int(memory["pairs"]), int(memory["oldest"])
        if not 0 <= number <= self.history or not 0 <= oldest < max(number, 1):
            raise ValueError(f"there are {number} pairs from {oldest} on, of {self.history}")
        for place in (*range(oldest, number), *range(oldest)):
            s, y = (
                [expect_tensor(memory.pop(f"{v} {place}{name}")) for name in self.partition.names]
                for v in "sy"
            )
            shapes = [block.shape for block in s]
            if (
                shapes != [block.shape for block in y]
                or any(len(shape) != 1 for shape in shapes)
                or (self.places and shapes != [block.shape for block in self.newest.s])
            ):
                raise ValueError(f"the vectors of pair {place} are not as long as the others")
            curvature, lengths, ratio = expect_tensor(memory[f"measures {place}"]).tolist()
            if not all(0 < measure < math.inf for measure in (curvature, lengths, ratio)):
                raise ValueError(f"pair {place} has the curvature {curvature:g}")
            if not all(math.isfinite(dot(block, block)) for block in (*s, *y)):
                raise ValueError(f"pair {place} holds values that are no numbers")
            self._put(place, CurvaturePair(s, y, curvature, lengths, ratio))
        if "products" in memory:
            products = expect_tensor(memory["products"])
            used = 2 * number
            if products.shape != (used, used):
                raise ValueError(f"the products are not those of {used} vectors")
            self.products[:used, :used] = products.numpy(force=True)
            self.unknown.clear()

    def _put(self, place: int, pair: CurvaturePair) -> None:
        """Keep a pair in a place, in place of what is there."""
        if not self.rows:
            self.rows = [block.new_empty(2 * self.history, len(block)) for block in pair.s]
        for rows, *vectors in zip(self.rows, pair.s, pair.y, strict=True):
            for row, vector in zip(rows[2 * place : 2 * place + 2], vectors, strict=True):
                row.copy_(vector)
        self.places.pop(place, None)  # so that it comes last
        s, y = ([rows[2 * place + k] for rows in self.rows] for k in (0, 1))
        self.places[place] = pair._replace(s=s, y=y)
        self.unknown.add(place)

    def _multiply(self, gradient: Tensor) -> Numbers:
        """Return the products of all rows with a vector; also complete those of new rows."""
        new = [row for place in sorted(self.unknown) for row in (2 * place, 2 * place + 1)]
        used = 2 * len(self)
        parts = []
        for block in zip(self._used(), self.partition.split(gradient), strict=True):
            total = torch.zeros((len(new) + 1, used), dtype=torch.float64, device="cpu")
            for rows, part in pieces(*block):
                total += multiply(torch.cat([rows[new], part[None]]), rows).cpu()
            parts.append(total)
        found: Numbers = sum(self.partition.gather(parts)).numpy()
        self.products[new, :used], self.products[:used, new] = found[:-1], found[:-1].T
        self.unknown.clear()
        along: Numbers = found[-1]
        return along

    def _two_loops(self, along: Numbers, scale: float) -> Numbers:
        """Return the inverse Hessian times a vector g, as coefficients of the rows.

        The vector q of the textbook is ``g + Σ c_j row_j`` in the first loop, and
        ``scale g + Σ c_j row_j`` in the second; so its product with row i is
        ``row_i·g + Σ c_j row_i·row_j``, and to add a multiple of row i to it is to add to c_i.

        Args:
            along: The products of the rows with g.
            scale: The inverse curvature where nothing is remembered.

        Source: Nocedal and Wright (2006), algorithm 7.4.
        """
        c, trail = np.zeros_like(along), {}
        dots = self.products[: len(along), : len(along)]
        for place, pair in reversed(self.places.items()):
            row_s, row_y = 2 * place, 2 * place + 1
            trail[place] = (along[row_s] + dots[row_s] @ c) / pair.curvature
            c[row_y] -= trail[place]
        c *= scale
        for place, pair in self.places.items():
            row_s, row_y = 2 * place, 2 * place + 1
            b = (scale * along[row_y] + dots[row_y] @ c) / pair.curvature
            c[row_s] += trail[place] - b
        return c

    def _combine(self, coefficients: Numbers, gradient: Tensor, scale: float) -> Tensor:
        """Return ``scale`` times a vector and the sum of the rows, each with its coefficient."""
        result = torch.empty_like(gradient)
        weights = torch.from_numpy(coefficients).to(gradient.dtype).to(gradient.device)
        vectors = (self.partition.split(vector) for vector in (gradient, result))
        for block in zip(self._used(), *vectors, strict=True):
            for rows, part, there in pieces(*block):
                torch.addmv(part, rows.mT, weights, beta=scale, out=there)
        return result

    def _used(self) -> list[Tensor]:
        """Return the rows in use of every block."""
        return [rows[: 2 * len(self)] for rows in self.rows]


def pieces(rows: Tensor, *vectors: Tensor) -> Iterator[tuple[Tensor, ...]]:
    """Yield rows piece by piece, each with the same piece of every vector."""
    width = min(VECTOR_PIECE, max(BLOCK, 20 * VECTOR_PIECE // len(rows) // BLOCK * BLOCK))
    parts = zip(*(torch.split(vector, width) for vector in vectors), strict=True)
    for columns, part in zip(torch.split(rows, width, dim=1), parts, strict=True):
        yield accumulable(columns), *part


def kept_type(values: int, dtype: torch.dtype) -> torch.dtype:
    """Return the type in which L-BFGS remembers vectors of so many values of a type."""
    return torch.bfloat16 if dtype == torch.float32 and values >= LARGE else dtype


def multiply(some: Tensor, others: Tensor) -> Tensor:
    """Return the products of every two rows of two matrices (K, N) and (L, N): (K, L) in float64.

    By blocks of columns, which the processor keeps at hand: a product of few long rows at once
    takes half as long again.
    """
    whole = some.shape[1] // BLOCK * BLOCK
    one, other = (m[:, :whole].view(len(m), -1, BLOCK).transpose(0, 1) for m in (some, others))
    blocks = exact(one @ other.mT).sum(dim=0)
    return blocks + exact(some[:, whole:] @ others[:, whole:].mT)


def dot(a: Tensor, b: Tensor) -> float:
    """Return the product of two vectors, summed in float32 at least, and its pieces in float64."""
    parts = zip(torch.split(a, VECTOR_PIECE), torch.split(b, VECTOR_PIECE), strict=True)
    return sum(float(accumulable(x) @ accumulable(y)) for x, y in parts)
