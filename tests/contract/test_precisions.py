"""What 16 bits cost: loss and gradient of the same image, held to those of float32."""

from collections import deque

import pytest
import torch

from impasto import samples
from impasto.errors import SettingsError
from impasto.job.prepare import prepare
from impasto.machine import choose_precision
from impasto.settings.settings import Settings
from impasto.transfer import build, paint

LOSS, GRADIENT = 0.01, 0.25
"""Bounds of the relative errors. Measured with pocket on two pairs at 128 pixels: losses differ by
up to 0.5 %, gradients by 4 to 14 % of their length."""


def jobs(photograph, painting):
    settings = Settings(size=96, plan="96:20", tile=0)
    pair = samples.photograph(photograph), samples.painting(painting)
    return [prepare(*pair, settings.replace(precision=p)) for p in ("float32", "bfloat16")]


@pytest.mark.parametrize("pair", [("coffee", "swirls"), ("rocket", "dots")])
def test_of_the_same_image_bfloat16_tells_nearly_the_same_loss_and_gradient(pair):
    wide, short = jobs(*pair)
    photograph, painting = wide.pictures(96)
    noise = torch.rand(photograph.shape, generator=torch.Generator().manual_seed(0))
    painted = deque(paint(wide), maxlen=1).pop().step.best
    exact, near = (
        build(job.backbone, photograph, [painting], (1.0,), job.settings) for job in (wide, short)
    )
    for image in (photograph, noise, painted):
        expected, found = exact(image), near(image)
        assert found.total == pytest.approx(expected.total, rel=LOSS)
        assert found.total != expected.total  # it is another precision
        error = (found.gradient - expected.gradient).norm() / expected.gradient.norm()
        assert error < GRADIENT
        assert found.gradient.dtype == torch.float32


def test_bfloat16_paints_to_about_the_same_loss():
    """Their paths part, so that the losses spread more than those of one image do."""
    ends = []
    for job in jobs("coffee", "swirls"):
        image = deque(paint(job), maxlen=1).pop().step.best
        photograph, painting = job.pictures(96)
        judge = jobs("coffee", "swirls")[0]
        objective = build(judge.backbone, photograph, [painting], (1.0,), judge.settings)
        ends.append(objective(image).total)
        start = objective(photograph).total
    assert ends[1] == pytest.approx(ends[0], rel=0.15)
    assert max(ends) < start / 20


@pytest.mark.parametrize("device", ["cuda", "cuda:1", "mps"])
def test_other_devices_compute_in_float32_unless_told_otherwise(device):
    assert choose_precision(None, device) == "float32"
    assert choose_precision("bfloat16", device) == "bfloat16"


def test_a_precision_that_the_device_does_not_have_is_refused():
    with pytest.raises(SettingsError, match="precision is float64 and device is mps"):
        choose_precision("float64", "mps")
    assert choose_precision("float64", "cuda") == "float64"
