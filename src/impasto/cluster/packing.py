"""How objects travel to workers and back: tensors as they are, and what lasts only once.

What lasts is named by a token wherever it stands in another object, in the way that pickle calls
persistent: the worker puts in its place what it has been sent before, and has changed since.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

Token = str
Name = Callable[[Any], Token | None]
"""Gives the token of an object that lasts, and None for any other."""


@dataclass(frozen=True)
class Packed:
    """An object on its way.

    Attributes:
        stream: Its pickle.
        buffers: The bytes of the tensors in it, of each no more than itself: a view does not take
            along what it is a view of.
    """

    stream: bytes
    buffers: tuple[npt.NDArray[np.uint8], ...]

    @classmethod
    def of(cls, what: Any, name: Name = lambda each: None) -> Packed:
        """Return an object packed, with tokens in place of what lasts in it."""
        stream = io.BytesIO()
        packer = _Packer(stream, what, name)
        packer.dump(what)
        return cls(stream.getvalue(), tuple(packer.buffers))

    def unpacked(self, lasting: Mapping[Token, Any] | None = None) -> Any:
        """Return the object.

        Raises:
            KeyError: If a token stands for nothing that is here.
        """
        return _Unpacker(io.BytesIO(self.stream), self.buffers, lasting or {}).load()

    @property
    def nbytes(self) -> int:
        """How much travels."""
        return len(self.stream) + sum(buffer.nbytes for buffer in self.buffers)


@final
class _Packer(pickle.Pickler):
    def __init__(self, stream: io.BytesIO, whole: Any, name: Name) -> None:
        super().__init__(stream, protocol=5)
        self.whole, self.name = whole, name
        self.buffers: list[npt.NDArray[np.uint8]] = []

    def persistent_id(self, each: Any) -> Any:
        """Return the token of what lasts, or where a tensor's bytes are."""
        if isinstance(each, Tensor):
            return self._place(each)
        return None if each is self.whole else self.name(each)

    def _place(self, tensor: Tensor) -> tuple[Any, ...]:
        tensor = tensor.detach().cpu()
        last = tensor.dim() == 4 and not tensor.is_contiguous()
        last = last and tensor.is_contiguous(memory_format=torch.channels_last)
        dense = tensor.permute(0, 2, 3, 1) if last else tensor.contiguous()
        self.buffers.append(dense.flatten().view(torch.uint8).numpy())
        return len(self.buffers) - 1, tensor.dtype, tuple(dense.shape), last


@final
class _Unpacker(pickle.Unpickler):
    def __init__(
        self, stream: io.BytesIO, buffers: tuple[Any, ...], lasting: Mapping[Token, Any]
    ) -> None:
        super().__init__(stream)
        self.buffers, self.lasting = buffers, lasting

    def persistent_load(self, found: Any) -> Any:
        """Return what lasts, or a tensor in memory of its own."""
        if isinstance(found, Token):
            return self.lasting[found]
        place, dtype, shape, last = found
        # Copied: the order in which a processor adds up, and so the last bit, can depend on how
        # memory is aligned.
        dense = torch.empty(shape, dtype=dtype, device="cpu")
        if dense.numel():
            dense.view(-1).view(torch.uint8).numpy()[:] = self.buffers[place]
        return dense.permute(0, 3, 1, 2) if last else dense
