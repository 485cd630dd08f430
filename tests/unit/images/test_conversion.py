"""Pictures from what Python programs hold, and back."""

from __future__ import annotations

import io
import os

import numpy as np
import pytest
import torch
from PIL import Image

from impasto import images
from impasto.errors import PictureError
from impasto.images import as_picture
from tests.support.picture_files import COLORS, SMOOTH, UNIT, close, save_pil, sentence


class FakeTensor:
    """What a tensor can do, as far as as_picture asks."""

    def __init__(self, values: np.ndarray) -> None:
        self.values = values
        self.shape = values.shape

    def detach(self) -> FakeTensor:
        return self

    cpu = detach

    def reshape(self, shape: tuple[int, ...]) -> FakeTensor:
        return FakeTensor(self.values.reshape(shape))

    def is_floating_point(self) -> bool:
        return self.values.dtype.kind == "f"

    def float(self) -> FakeTensor:
        return FakeTensor(self.values.astype(np.float32))

    def numpy(self) -> np.ndarray:
        return self.values


def test_as_picture_takes_paths_and_pictures(tmp_path):
    path = save_pil(tmp_path / "a.png", Image.fromarray(COLORS))
    picture = as_picture(path)
    assert close(picture, UNIT)
    assert close(as_picture(str(path)), UNIT)
    assert as_picture(picture) is picture


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, ">u2", np.float16, np.float32, np.float64])
def test_as_picture_takes_arrays(dtype):
    kind = np.dtype(dtype)
    scale = 1 if kind.kind == "f" else np.iinfo(kind).max
    tolerance = 1e-3 if kind == np.float16 else 1e-6
    values = (UNIT * scale).round(0 if scale > 1 else 9).astype(kind)
    assert close(as_picture(values), UNIT, tolerance)
    assert close(as_picture(values[..., 0]), UNIT[..., :1], tolerance)
    assert close(as_picture(np.asfortranarray(values[::-1])), UNIT[::-1], tolerance)
    rgba = np.concatenate([values, values[..., :1]], axis=2)
    picture = as_picture(rgba)
    assert picture.alpha is not None
    assert np.allclose(picture.alpha, UNIT[..., 0], atol=tolerance)


def test_as_picture_copies():
    values = UNIT.astype(np.float32)
    picture = as_picture(values)
    values[:] = 0
    assert close(picture, UNIT)


@pytest.mark.parametrize(
    "values",
    [
        np.full((20, 30, 3), np.nan),
        np.full((20, 30, 3), 255.0),
        np.full((20, 30, 3), -0.1),
        np.zeros((20, 30, 3), np.int64),
        np.zeros((20, 30, 3), bool),
        np.zeros((20, 30, 2)),
        np.zeros((1, 3, 20, 30)),
        np.zeros(30),
        np.zeros((8, 8, 3)),
        np.zeros((0, 20, 3)),
    ],
)
def test_as_picture_refuses_other_arrays(values):
    with pytest.raises(PictureError) as caught:
        as_picture(values)
    sentence(caught.value, "array")


def test_as_picture_takes_tensors():
    first = UNIT.transpose(2, 0, 1)
    assert close(as_picture(FakeTensor(first)), UNIT)
    assert close(as_picture(FakeTensor(first[None])), UNIT)
    assert close(as_picture(FakeTensor(COLORS.transpose(2, 0, 1))), UNIT)
    for wrong in (UNIT, first[None, None], first[0], np.stack([first, first]), first * 255):
        with pytest.raises(PictureError) as caught:
            as_picture(FakeTensor(wrong))
        sentence(caught.value, "tensor")


def test_as_picture_takes_a_torch_tensor():
    tensor = torch.tensor(UNIT.transpose(2, 0, 1), requires_grad=True)
    assert close(as_picture(tensor), UNIT)
    assert close(as_picture(tensor.to(torch.bfloat16)[None]), UNIT, 0.005)
    assert close(as_picture(torch.tensor(COLORS.transpose(2, 0, 1).copy())), UNIT)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "CMYK", "YCbCr", "HSV"])
def test_as_picture_takes_pillow_images(mode):
    image = Image.fromarray(np.uint8(SMOOTH * 255)).convert(mode)
    picture = as_picture(image)
    assert picture.alpha is None
    if mode != "CMYK":
        assert close(picture, np.asarray(image.convert("RGB")) / 255)


@pytest.mark.parametrize("mode", ["LA", "RGBA", "RGBa", "La"])
def test_as_picture_takes_the_alpha_of_pillow_images(mode):
    image = Image.new("RGBA", (30, 20), (100, 100, 100, 128))
    picture = as_picture(image.convert("LA").convert(mode) if mode == "La" else image.convert(mode))
    assert picture.alpha is not None
    assert np.allclose(picture.alpha, 128 / 255)
    assert np.allclose(picture.rgb, 100 / 255, atol=0.005)


def test_as_picture_takes_deep_gray_pillow_images():
    values = np.arange(600).reshape(20, 30) * 100
    expected = values[..., None] / 65535
    for mode, kind in {"I;16": "<u2", "I;16B": ">u2", "I": "i4"}.items():
        image = Image.frombytes(mode, (30, 20), values.astype(kind).tobytes())
        assert close(as_picture(image), expected)
    assert close(as_picture(Image.fromarray(np.float32(values / 65535))), expected)


def test_as_picture_refuses_pillow_images_out_of_range(tmp_path):
    for image in (
        Image.fromarray(np.full((20, 30), 70_000, np.int32)),
        Image.fromarray(np.full((20, 30), 2.0, np.float32)),
        Image.new("RGB", (8, 8)),
    ):
        with pytest.raises(PictureError) as caught:
            as_picture(image)
        sentence(caught.value, "Pillow image")
    path = save_pil(tmp_path / "a.png", Image.fromarray(COLORS))
    path.write_bytes(path.read_bytes()[:300])
    with Image.open(path) as cut, pytest.raises(PictureError) as caught:
        as_picture(cut)
    sentence(caught.value, "Pillow image")


@pytest.mark.parametrize("source", [None, 3, b"a.png", [1, 2], object()])
def test_as_picture_refuses_anything_else(source):
    with pytest.raises(PictureError) as caught:
        as_picture(source)
    sentence(caught.value, type(source).__name__)


def test_as_picture_takes_the_bytes_of_a_file_and_open_files(tmp_path):
    path = save_pil(tmp_path / "a.png", Image.fromarray(COLORS))
    data = path.read_bytes()
    for source in (data, bytearray(data), memoryview(data), io.BytesIO(data)):
        assert close(as_picture(source), UNIT)
    with path.open("rb") as file:
        file.seek(7)
        assert close(as_picture(file), UNIT)
        assert file.tell() == 7
        assert close(as_picture(file), UNIT)
    written = io.BytesIO()
    Image.fromarray(COLORS).save(written, "TIFF")
    assert close(as_picture(written), UNIT)  # though it stands at its end
    (entry,) = os.scandir(tmp_path)
    assert close(as_picture(entry), UNIT)
    (entry,) = os.scandir(os.fsencode(tmp_path))
    assert close(as_picture(entry), UNIT)


def test_as_picture_refuses_open_files_that_give_no_picture(tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("words")
    with path.open() as file, pytest.raises(PictureError, match="in mode 'rb'"):
        as_picture(file)
    with path.open("rb") as file, pytest.raises(PictureError, match=r"words.txt' is not a picture"):
        as_picture(file)
    with path.open("ab") as file, pytest.raises(PictureError, match="cannot be read"):
        as_picture(file)
    with pytest.raises(PictureError, match="the file given as bytes is not a picture"):
        as_picture(b"words")
    with pytest.raises(PictureError, match="cannot be read"):
        as_picture(file)  # closed


def test_as_picture_takes_integers_of_32_bits_by_the_values_that_they_use():
    values = np.arange(600, dtype=np.int32).reshape(20, 30) % 256
    picture = as_picture(Image.fromarray(values))
    assert close(picture, values[..., None] / 255)
    (note,) = picture.notes
    assert "mode I with values up to 255: taken as 8 bits" in note
    (note,) = as_picture(Image.fromarray(values + 1)).notes
    assert "up to 256: taken as 16 bits, 0 to 65535" in note
    assert as_picture(Image.fromarray(values.astype(np.uint16))).notes == ()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_as_picture_is_as_precise_as_asked_for(tmp_path, dtype):
    exact = COLORS / dtype(255)
    path = save_pil(tmp_path / "a.png", Image.fromarray(COLORS))
    for source in (path, Image.fromarray(COLORS), COLORS, torch.tensor(COLORS).permute(2, 0, 1)):
        picture = as_picture(source, dtype)
        assert picture.rgb.dtype == dtype
        assert np.array_equal(picture.rgb, exact)
    for floats in (UNIT, torch.tensor(UNIT).permute(2, 0, 1)):
        assert np.array_equal(as_picture(floats, dtype).rgb, UNIT.astype(dtype))


def test_to_pil_rounds_and_cuts_off():
    image = images.to_pil(UNIT)
    assert image.mode == "RGB"
    assert np.array_equal(np.asarray(image), COLORS)
    assert np.asarray(images.to_pil(np.full((16, 16, 3), 1.5)))[0, 0].tolist() == [255] * 3


def test_what_rounding_has_left_beyond_the_range_is_cut_off():
    values = np.array([[[-1e-6, 0.5, 1.000001]] * 16] * 16, np.float32)
    assert as_picture(values).rgb.min() == 0
    assert as_picture(values).rgb.max() == 1
    with pytest.raises(PictureError, match="floats must lie in"):
        as_picture(values * 1.001)
