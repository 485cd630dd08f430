"""The device that is tried, and pictures."""

import os

import pytest
import torch

from impasto import samples
from impasto.machine import is_here

DEVICE = os.environ.get("IMPASTO_DEVICE", "")


def pytest_collection_modifyitems(items):
    """Skip what needs a device that nobody has named, or that is not here."""
    if DEVICE and is_here(DEVICE):
        return
    reason = f"IMPASTO_DEVICE is '{DEVICE}': name a device that is here, as make gpu-check does"
    for item in items:
        if "/gpu/" in item.path.as_posix():
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def device():
    return DEVICE


@pytest.fixture(scope="session", autouse=True)
def exact_products():
    """On a card float32 is rounded to 19 bits in convolutions unless one asks for all of it."""
    before = torch.backends.cudnn.allow_tf32, torch.get_float32_matmul_precision()
    torch.backends.cudnn.allow_tf32 = False
    torch.set_float32_matmul_precision("highest")
    yield
    torch.backends.cudnn.allow_tf32 = before[0]
    torch.set_float32_matmul_precision(before[1])


@pytest.fixture(scope="session")
def pair():
    return samples.photograph("coffee"), samples.painting("swirls")
