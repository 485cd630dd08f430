"""What a sound is heard with, and that the house's own evaluators hold for it."""

import pytest
import torch

from impasto.losses import GramLoss, MeanLoss
from impasto.normalization import inverse_energy
from impasto.objective import Kind, Objective, Term, Wanted, collect_statistics, tiled, whole
from impasto.settings import SoundSettings
from impasto.sound.ear import Ear
from impasto.sound.network import looped
from impasto.sound.recording import Sound
from tests.support.sounds import RATE, hiss, ticks

LAYERS = ("levels", "width2", "width16", "loudness", "rhythm")


@pytest.fixture(scope="module")
def ear():
    return Ear.of(Sound(ticks(channels=2), RATE), SoundSettings(filters=8))


def image(ear, seconds=2.0, seed=1):
    samples = torch.from_numpy(hiss(seconds, seed, channels=2))
    return samples[None, :, None]


def test_levels_are_measured_by_the_recording(ear):
    own = ear.waveform_network(ear.samples[None, :, None], ["levels"])["levels"]
    assert own.mean().abs() < 1e-3
    assert 0.3 < own.std() < 3


def test_layers_have_as_many_moments_as_they_say(ear):
    network, given = ear.waveform_network, image(ear)
    for layer, features in network(given, network.layers).items():
        assert features.shape[-1] == network.positions(layer, given.shape[-1]), layer


@pytest.mark.parametrize("side", [2048, 5000])
def test_statistics_add_up_over_pieces(ear, side):
    wanted = {layer: Wanted((layer,), GramLoss.statistic) for layer in LAYERS[:-1]}
    wanted["rhythm"] = Wanted(("rhythm",), MeanLoss.statistic)
    pieces = collect_statistics(ear.waveform_network, image(ear), wanted, side)
    at_once = collect_statistics(ear.waveform_network, image(ear), wanted, 0)
    for layer in LAYERS:
        assert pieces[layer].positions == at_once[layer].positions
        assert torch.allclose(pieces[layer].mean, at_once[layer].mean, rtol=1e-3, atol=1e-4)


def test_the_gradient_in_pieces_is_that_of_the_whole(ear):
    terms = ear.terms(1.0)
    a = Objective(terms, whole(ear.waveform_network))(image(ear))
    b = Objective(terms, tiled(ear.waveform_network, 4096))(image(ear))
    assert b.total == pytest.approx(a.total, rel=1e-3)
    assert (a.gradient - b.gradient).norm() < 2e-3 * a.gradient.norm()


def test_the_gradient_is_right_in_float64(ear):
    given = image(ear, seconds=0.6).double()

    def loss(samples):
        seen = ear.waveform_network(samples, ["levels", "width4"])
        return seen["levels"].square().mean() + seen["width4"].square().mean()

    given.requires_grad_()
    (gradient,) = torch.autograd.grad(loss(given), given)
    direction = torch.randn(given.shape, generator=torch.Generator().manual_seed(0)).double()
    step = 1e-7
    with torch.no_grad():
        slope = (loss(given + step * direction) - loss(given - step * direction)) / (2 * step)
    assert float((gradient * direction).sum()) == pytest.approx(float(slope), rel=1e-4)


def test_the_recording_itself_has_no_loss(ear):
    at = Objective(ear.terms(1.0), whole(ear.waveform_network))(ear.samples[None, :, None])
    assert at.total < 1e-5
    other = Objective(ear.terms(1.0), whole(ear.waveform_network))(image(ear))
    assert other.total > 1


def test_a_loop_is_heard_alike_wherever_it_begins(ear):
    beat = ear.stft.hop * 4
    given = image(ear)[..., : 60 * beat]
    turned = given.roll(10 * beat, dims=-1)
    for layer, statistic in (("width16", GramLoss.statistic), ("rhythm", MeanLoss.statistic)):
        a, b = (statistic(looped(ear.waveform_network)(x, [layer])[layer]) for x in (given, turned))
        assert a.positions == b.positions == (60 if layer == "rhythm" else 240)
        assert torch.allclose(a.mean, b.mean, rtol=1e-3, atol=1e-4)


def test_both_channels_are_heard_together(ear):
    left = image(ear)
    term = Term("g", Kind.STYLE, 1.0, ("width4",), GramLoss.from_features(
        [ear.waveform_network(left, ["width4"])["width4"]], [1.0], inverse_energy))  # fmt: skip
    apart = torch.cat([left[:, :1], left[:, 1:].roll(1000, dims=-1)], dim=1)
    assert Objective([term], whole(ear.waveform_network))(apart).total > 1e-4
