"""Objects on their way: tensors as they are, and what lasts by its token."""

from dataclasses import dataclass

import pytest
import torch

from impasto.backbones import load_backbone
from impasto.cluster.packing import Packed


@dataclass(eq=False)
class Box:
    inside: object


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16, torch.int64])
@pytest.mark.parametrize("shape", [(), (0,), (5,), (2, 3, 4, 5)])
def test_tensors_come_as_they_are(dtype, shape):
    tensor = torch.rand(shape).mul(100).to(dtype)
    found = Packed.of([tensor, "beside"]).unpacked()
    assert torch.equal(found[0], tensor)
    assert found[0].dtype == dtype
    assert found[1] == "beside"


def test_they_lie_in_memory_as_they_did():
    tensor = torch.rand(2, 3, 4, 5).contiguous(memory_format=torch.channels_last)
    assert Packed.of(tensor).unpacked().stride() == tensor.stride()


def test_a_view_takes_no_more_along_than_itself():
    image = torch.rand(1, 3, 500, 500)
    packed = Packed.of(image[..., 10:20, 30:50])
    assert torch.equal(packed.unpacked(), image[..., 10:20, 30:50])
    assert packed.nbytes < 3 * 10 * 20 * 4 + 1000


def test_a_network_comes_as_it_is():
    backbone = load_backbone("pocket", layers=["relu3_1"]).to(memory_format=torch.channels_last)
    image = torch.rand(1, 3, 40, 50)
    found = Packed.of(backbone).unpacked()(image, ["relu3_1"])["relu3_1"]
    assert torch.equal(found, backbone(image, ["relu3_1"])["relu3_1"])


def test_what_lasts_is_named_and_found_again():
    inner = Box(torch.ones(1000))
    packed = Packed.of([Box(inner), 7], lambda each: "token" if each is inner else None)
    assert packed.nbytes < 1000
    other = Box("learned there")
    box, seven = packed.unpacked({"token": other})
    assert box.inside is other
    assert seven == 7
    with pytest.raises(KeyError):
        packed.unpacked({})
