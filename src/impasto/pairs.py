"""What L-BFGS remembers: its last steps, and how they changed the gradient.

The vectors are as long as the image has values, and there are ``2 history`` of them, so a step of
the optimizer takes as long as it takes to fetch them from memory. The textbook's two loops fetch
each of them twice, one at a time. Here they are the rows of a matrix, and the loops run on
coefficients of these rows: the matrix is read once for all products, and once for the sum.

Source: Chen, Wang and Zhou (2014), "Large-scale L-BFGS using MapReduce".
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from impasto.statistics import accumulable, exact

Memory = dict[str, Tensor | float]
"""What an optimizer remembers, by name: tensors and numbers, so that it can be kept in a file."""

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

PIECE = 2**19
"""Values of a vector that are taken at a time."""

BLOCK = 2**12
"""Values whose products are summed in float32; float64 adds up these sums."""


class Pair(NamedTuple):
    """One remembered step of L-BFGS.

    Attributes:
        s: How the image changed, as a vector.
        y: How the gradient changed.
        curvature: ``s·y``, positive.
        lengths: ``|s| |y|``.
        ratio: ``|s| / |y|``.
    """

    s: Tensor
    y: Tensor
    curvature: float
    lengths: float
    ratio: float

    @classmethod
    def of(cls, s: Tensor, y: Tensor) -> Pair:
        """Return the pair of two vectors."""
        lengths = [math.sqrt(dot(vector, vector)) for vector in (s, y)]
        return cls(s, y, dot(s, y), math.prod(lengths), lengths[0] / max(lengths[1], TINY))


class Pairs:
    """The last pairs, the oldest first.

    Attributes:
        rows: Row ``2k`` is s and row ``2k + 1`` is y of the pair in place k.
        products: The product of every two rows; NaN until it is asked for.
    """

    def __init__(self, history: int) -> None:
        """Begin without pairs, to keep so many at most."""
        self.history = history
        self.rows: Tensor | None = None
        self.products: Numbers = np.full((2 * history, 2 * history), np.nan)
        self.places: dict[int, Pair] = {}

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.places)

    def __iter__(self) -> Iterator[Pair]:
        """Yield the pairs, the oldest first."""
        yield from self.places.values()

    @property
    def newest(self) -> Pair:
        """The last pair; there has to be one."""
        return next(reversed(self.places.values()))

    def clear(self) -> None:
        """Forget all pairs."""
        self.places.clear()

    def remember(self, s: Tensor, y: Tensor) -> None:
        """Keep a pair unless it shows no positive curvature; the oldest makes room for it."""
        kept = kept_type(s.numel(), s.dtype)
        pair = Pair.of(s.to(kept), y.to(kept))
        if not pair.curvature > CURVATURE_FLOOR * pair.lengths:
            return
        full = len(self) == self.history
        self._put(next(iter(self.places)) if full else len(self), pair)

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

    def state(self) -> Memory:
        """Return all of it; the vectors are not copied, and the next steps overwrite them."""
        if not self.places:
            return {"pairs": 0}
        memory: Memory = {"pairs": len(self), "oldest": next(iter(self.places))}
        used = 2 * len(self)
        memory["products"] = torch.from_numpy(self.products[:used, :used].copy())
        for place, pair in self.places.items():
            memory |= {f"s {place}": pair.s, f"y {place}": pair.y}
        return memory

    def restore(self, memory: Mapping[str, Tensor | float]) -> None:
        """Take over what `state` has returned; the vectors keep their places and so every bit."""
        self.clear()
        number = int(memory["pairs"])
        if not number:
            return
        oldest = int(memory["oldest"])
        for place in [(oldest + k) % number for k in range(number)]:
            self._put(place, Pair.of(*(tensor(memory[f"{name} {place}"]) for name in "sy")))
        used = 2 * number
        self.products[:used, :used] = tensor(memory["products"]).numpy(force=True)

    def _put(self, place: int, pair: Pair) -> None:
        """Keep a pair in a place; whatever is there is lost."""
        if self.rows is None:
            self.rows = pair.s.new_empty(2 * self.history, len(pair.s))
        mine = slice(2 * place, 2 * place + 2)
        s, y = self.rows[mine]
        s.copy_(pair.s)
        y.copy_(pair.y)
        self.products[mine] = self.products[:, mine] = np.nan
        self.places.pop(place, None)
        self.places[place] = pair._replace(s=s, y=y)

    def _multiply(self, gradient: Tensor) -> Numbers:
        """Return the products of all rows with a vector, and complete those of new rows."""
        new = [row for row in range(2 * len(self)) if np.isnan(self.products[row, row])]
        total = torch.zeros((len(new) + 1, 2 * len(self)), dtype=torch.float64)
        for rows, part in self._pieces(gradient):
            total += products(torch.cat([rows[new], part[None]]), rows).cpu()
        found = np.asarray(total)
        used = slice(0, 2 * len(self))
        self.products[new, used], self.products[used, new] = found[:-1], found[:-1].T
        along: Numbers = found[-1]
        return along

    def _two_loops(self, along: Numbers, scale: float) -> Numbers:
        """Return the inverse Hessian times a vector, as what to add of each row to ``scale`` g.

        Source: Nocedal and Wright (2006), algorithm 7.4; a vector is here what it has of each row.

        Args:
            along: The products of the rows with the vector g.
            scale: The inverse curvature where nothing is remembered.
        """
        q, trail = np.zeros_like(along), {}
        products = self.products[: len(along), : len(along)]
        for place, pair in reversed(self.places.items()):
            s, y = 2 * place, 2 * place + 1
            trail[place] = (along[s] + products[s] @ q) / pair.curvature
            q[y] -= trail[place]
        q *= scale
        for place, pair in self.places.items():
            s, y = 2 * place, 2 * place + 1
            q[s] += trail[place] - (scale * along[y] + products[y] @ q) / pair.curvature
        return q

    def _combine(self, coefficients: Numbers, gradient: Tensor, scale: float) -> Tensor:
        """Return ``scale`` times a vector and a sum of rows, each with its coefficient."""
        result = torch.empty_like(gradient)
        weights = torch.from_numpy(coefficients).to(gradient.dtype).to(gradient.device)
        at = 0
        for rows, part in self._pieces(gradient):
            there = result[at : at + len(part)]
            torch.addmv(part, rows.mT, weights, beta=scale, out=there)
            at += len(part)
        return result

    def _pieces(self, vector: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield the rows in use piece by piece, each with the same piece of a vector."""
        assert self.rows is not None
        pieces = torch.split(self.rows[: 2 * len(self)], PIECE, dim=1)
        for rows, part in zip(pieces, torch.split(vector, PIECE), strict=True):
            yield accumulable(rows), part


def kept_type(values: int, dtype: torch.dtype) -> torch.dtype:
    """Return the type in which L-BFGS remembers vectors of so many values of a type."""
    return torch.bfloat16 if dtype == torch.float32 and values >= LARGE else dtype


def products(some: Tensor, others: Tensor) -> Tensor:
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
    pieces = zip(torch.split(a, PIECE), torch.split(b, PIECE), strict=True)
    return sum(float(accumulable(x) @ accumulable(y)) for x, y in pieces)


def add(target: Tensor, vector: Tensor, factor: float) -> None:
    """Add a multiple of a vector, which may be of a shorter type, to ``target`` in place."""
    for x, y in zip(torch.split(target, PIECE), torch.split(vector, PIECE), strict=True):
        x.add_(y, alpha=factor)


def tensor(value: Tensor | float) -> Tensor:
    """Return a remembered tensor; refuse a number."""
    if not isinstance(value, Tensor):
        raise TypeError(f"a tensor is expected in place of {value!r}")
    return value
