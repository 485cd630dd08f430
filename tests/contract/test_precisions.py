"""What 16 bits cost: loss and gradient of the same image, held to those of float32."""

import pytest
import torch

from impasto import samples
from impasto.errors import SettingsError
from impasto.job import make_inputs, prepare
from impasto.machine import choose_precision
from impasto.run.run import last, run
from impasto.settings import Settings
from tests.support.objectives import objective_at

LOSS, GRADIENT = 0.01, 0.25
"""Bounds of the relative errors. Measured with pocket on two pairs at 128 pixels: losses differ by
up to 0.5 %, gradients by 4 to 14 % of their length."""


def jobs(photograph, painting):
    settings = Settings(size=96, plan="96:20", tile=0, backbone="pocket")
    pair = samples.photograph(photograph), samples.painting(painting)
    return [prepare(*pair, settings.replace(precision=p)) for p in ("float32", "bfloat16")]


@pytest.mark.parametrize("pair", [("coffee", "swirls"), ("rocket", "dots")])
def test_of_the_same_image_bfloat16_tells_nearly_the_same_loss_and_gradient(pair):
    wide, short = jobs(*pair)
    content = make_inputs(wide, 96).content
    noise = torch.rand(content.shape, generator=torch.Generator().manual_seed(0))
    painted = last(run(wide)).last.image
    exact, near = (objective_at(job, 96) for job in (wide, short))
    for image in (content, noise, painted):
        expected, found = exact(image), near(image)
        assert found.total == pytest.approx(expected.total, rel=LOSS)
        assert found.total != expected.total  # it is another precision
        error = (found.gradient - expected.gradient).norm() / expected.gradient.norm()
        assert error < GRADIENT
        assert found.gradient.dtype == torch.float32


def test_bfloat16_paints_to_about_the_same_loss():
    """Their paths part, so that the losses spread more than those of one image do."""
    judge = jobs("coffee", "swirls")[0]
    objective = objective_at(judge, 96)
    start = objective(make_inputs(judge, 96).content).total
    ends = [objective(last(run(job)).last.image).total for job in jobs("coffee", "swirls")]
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
