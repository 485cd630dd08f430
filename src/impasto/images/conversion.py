"""What Python programs hold, a path, Pillow image, array or tensor, as a Picture; and back."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from impasto.errors import PictureError
from impasto.images.picture import FloatArray, Picture, assemble, check_size
from impasto.images.pillow import from_pil
from impasto.images.reading import Readable, read

_ARRAYS = "(H, W), (H, W, 3) or (H, W, 4), of uint8, uint16, or floats in [0, 1]"


def as_picture(source: Any, dtype: npt.DTypeLike = np.float32) -> Picture:
    """Return any way to hold a picture as a Picture.

    Args:
        source: A Picture, the path of a file, its bytes, the file open for reading bytes, a Pillow
            image (its rotation, ICC profile and alpha count as they do in a file), a NumPy array
            ``(H, W)``, ``(H, W, 3)`` or ``(H, W, 4)`` of uint8, uint16 or floats in [0, 1], or a
            tensor ``(3, H, W)`` or ``(1, 3, H, W)`` of uint8 or floats in [0, 1]. Arrays and
            tensors are copied, and taken as sRGB.
        dtype: Of the picture's numbers, float32 or float64; a Picture stays as it is.

    Raises:
        PictureError: If it is none of these, has values outside the range, or has a size that a
            file would be refused for.

    Example:
        >>> as_picture(np.zeros((16, 24), np.uint8)).rgb.shape
        (16, 24, 3)
    """
    if isinstance(source, Picture):
        return source
    if isinstance(source, Image.Image):
        return from_pil(source, "the Pillow image", dtype=dtype)
    if isinstance(source, np.ndarray):
        return _from_array(source, "the array", dtype)
    if hasattr(source, "is_floating_point"):
        return _from_tensor(source, dtype)
    if isinstance(source, str | os.PathLike | bytes | bytearray | memoryview | Readable):
        return read(source, dtype=dtype)
    raise PictureError(
        f"a picture cannot be made of {type(source).__name__}: give a path, the bytes of a file, "
        "an open file, a Pillow image, a NumPy array or a tensor."
    )


BEYOND = 1e-5
"""How far beyond [0, 1] a resampled or normalized picture may be: it is cut off."""


def to_pil(rgb: npt.NDArray[np.floating[Any]]) -> Image.Image:
    """Return ``(H, W, 3)`` values in [0, 1] as an 8-bit Pillow image; others are cut off.

    Example:
        >>> to_pil(np.ones((16, 24, 3))).size
        (24, 16)
    """
    return Image.fromarray(np.rint(np.clip(rgb, 0, 1) * 255).astype(np.uint8))


def _from_array(array: npt.NDArray[Any], name: str, dtype: npt.DTypeLike) -> Picture:
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)):
        raise PictureError(f"{name} has the shape {array.shape}: it must be {_ARRAYS}.")
    check_size(array.shape[1], array.shape[0], name)
    values = _in_unit_range(array, name, dtype)
    if values.ndim == 2:
        return Picture(np.repeat(values[..., None], 3, axis=2))
    return assemble(values[..., :3], values[..., 3].copy() if values.shape[2] == 4 else None)


def _in_unit_range(array: npt.NDArray[Any], name: str, dtype: npt.DTypeLike) -> FloatArray:
    if array.dtype.kind == "f":
        if not (array.min() >= -BEYOND and array.max() <= 1 + BEYOND):  # False for NaN, too.
            raise PictureError(
                f"{name} has values from {array.min():g} to {array.max():g}: floats must lie in "
                "[0, 1] (not NaN), so divide by the largest value possible."
            )
        return array.astype(dtype).clip(0, 1)
    if array.dtype.kind == "u" and array.dtype.itemsize <= 2:
        values: FloatArray = array.astype(dtype)
        values /= values.dtype.type(np.iinfo(array.dtype).max)
        return values
    raise PictureError(f"{name} is of type {array.dtype}: it must be {_ARRAYS}.")


def _from_tensor(tensor: Any, dtype: npt.DTypeLike) -> Picture:
    """Take a tensor by what it can do, so that this module need not import torch."""
    shape = tuple(tensor.shape)
    channels_first = shape[1:] if len(shape) == 4 and shape[0] == 1 else shape
    if len(channels_first) != 3 or channels_first[0] != 3:
        raise PictureError(
            f"the tensor has the shape {shape}: it must be (3, H, W) or (1, 3, H, W)."
        )
    tensor = tensor.detach().cpu().reshape(channels_first)
    if tensor.is_floating_point():
        # NumPy knows no bfloat16.
        tensor = tensor.double() if dtype == np.float64 else tensor.float()
    return _from_array(tensor.numpy().transpose(1, 2, 0), "the tensor", dtype)
