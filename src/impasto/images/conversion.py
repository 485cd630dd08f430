"""What Python programs hold, a path, Pillow image, array or tensor, as a Picture; and back."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import numpy.typing as npt
import pyvips
from PIL import Image, ImageOps

from impasto.errors import PictureError
from impasto.images.picture import FloatArray, Picture, assemble, check_size
from impasto.images.reading import from_vips, read

_ARRAYS = "(H, W), (H, W, 3) or (H, W, 4), of uint8, uint16, or floats in [0, 1]"


def as_picture(source: Any) -> Picture:
    """Return any way to hold a picture as a Picture.

    Args:
        source: A Picture, the path of a file, a Pillow image (its rotation, ICC profile and alpha
            count as they do in a file), a NumPy array ``(H, W)``, ``(H, W, 3)`` or ``(H, W, 4)`` of
            uint8, uint16 or floats in [0, 1], or a tensor ``(3, H, W)`` or ``(1, 3, H, W)`` of
            uint8 or floats in [0, 1]. Arrays and tensors are copied, and taken as sRGB.

    Raises:
        PictureError: If it is none of these, has values outside the range, or has a size that a
            file would be refused for.

    Example:
        >>> as_picture(np.zeros((16, 24), np.uint8)).rgb.shape
        (16, 24, 3)
    """
    if isinstance(source, Picture):
        return source
    if isinstance(source, str | os.PathLike):
        return read(source)
    if isinstance(source, Image.Image):
        return _from_pil(source)
    if isinstance(source, np.ndarray):
        return _from_array(source, "the array")
    if hasattr(source, "detach"):
        return _from_tensor(source)
    raise PictureError(
        f"a picture cannot be made of {type(source).__name__}: give a path, a Pillow image, "
        "a NumPy array or a tensor."
    )


def to_pil(rgb: npt.NDArray[np.floating[Any]]) -> Image.Image:
    """Return ``(H, W, 3)`` values in [0, 1] as an 8-bit Pillow image; others are cut off.

    Example:
        >>> to_pil(np.ones((16, 24, 3))).size
        (24, 16)
    """
    return Image.fromarray(np.rint(np.clip(rgb, 0, 1) * 255).astype(np.uint8))


def _from_array(array: npt.NDArray[Any], name: str) -> Picture:
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)):
        raise PictureError(f"{name} has the shape {array.shape}: it must be {_ARRAYS}.")
    check_size(array.shape[1], array.shape[0], name)
    values = _in_unit_range(array, name)
    if values.ndim == 2:
        return Picture(np.repeat(values[..., None], 3, axis=2))
    return assemble(values[..., :3], values[..., 3].copy() if values.shape[2] == 4 else None)


def _in_unit_range(array: npt.NDArray[Any], name: str) -> FloatArray:
    if array.dtype.kind == "f":
        if not (array.min() >= 0 and array.max() <= 1):  # False for NaN, too.
            raise PictureError(
                f"{name} has values from {array.min():g} to {array.max():g}: floats must lie in "
                "[0, 1] (not NaN), so divide by the largest value possible."
            )
        return array.astype(np.float32)
    if array.dtype.kind == "u" and array.dtype.itemsize <= 2:
        return array.astype(np.float32) / np.float32(np.iinfo(array.dtype).max)
    raise PictureError(f"{name} is of type {array.dtype}: it must be {_ARRAYS}.")


def _from_tensor(tensor: Any) -> Picture:
    """Take a tensor by what it can do, so that this module need not import torch."""
    shape = tuple(tensor.shape)
    channels_first = shape[1:] if len(shape) == 4 and shape[0] == 1 else shape
    if len(channels_first) != 3 or channels_first[0] != 3:
        raise PictureError(
            f"the tensor has the shape {shape}: it must be (3, H, W) or (1, 3, H, W)."
        )
    tensor = tensor.detach().cpu().reshape(channels_first)
    if tensor.is_floating_point():
        tensor = tensor.float()  # NumPy knows no bfloat16.
    return _from_array(tensor.numpy().transpose(1, 2, 0), "the tensor")


def _from_pil(image: Image.Image) -> Picture:
    name = "the Pillow image"
    check_size(image.width, image.height, name)
    try:
        upright = _in_plain_mode(ImageOps.exif_transpose(image))
    except (OSError, ValueError) as error:  # Pillow decodes a file late: here.
        raise PictureError(f"{name} cannot be decoded ({error}): save it in mode RGB.") from error
    array = np.asarray(upright)
    if array.dtype.kind == "f":
        return _from_array(array, name)
    wide = array.dtype.itemsize == 2
    kinds = {1: "grey16" if wide else "b-w", 2: "b-w", 3: "srgb", 4: "srgb"}
    kind = "cmyk" if upright.mode == "CMYK" else kinds[len(upright.getbands())]
    native = np.ascontiguousarray(array, array.dtype.newbyteorder("="))
    vips = pyvips.Image.new_from_array(native, interpretation=kind)
    if profile := image.info.get("icc_profile"):
        vips = vips.copy()
        vips.set_type(pyvips.GValue.blob_type, "icc-profile-data", profile)
    return from_vips(vips, name)


def _in_plain_mode(image: Image.Image) -> Image.Image:
    """Return the image in mode L, LA, RGB, RGBA, CMYK, F or a 16-bit gray."""
    if image.mode == "I":  # 32 bits that hold a 16-bit gray, as Pillow reads some files.
        values = np.asarray(image)
        if values.min() < 0 or values.max() > 65535:
            raise ValueError("mode I with values outside 0 to 65535")
        return Image.fromarray(values.astype(np.uint16))
    if image.mode.startswith("I;16") or image.mode == "F":
        return image
    if image.mode == "La":
        return image.convert("LA")
    if image.has_transparency_data and image.mode not in ("LA", "RGBA"):
        return image.convert("RGBA")
    if image.mode == "1":
        return image.convert("L")
    return image if image.mode in ("L", "LA", "RGB", "RGBA", "CMYK") else image.convert("RGB")
