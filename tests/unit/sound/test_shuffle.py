"""Where a texture starts."""

import pytest
import torch

from impasto.sound.shuffle import GRAIN, NOVEL_BY, Shuffle, Surroundings, autocorrelation

PERIOD, LAGS = 24, 80


def beats(count=480):
    """A band that is loud every `PERIOD` moments, and one that is not."""
    t = torch.arange(count)
    loud = (t % PERIOD < 3).float()
    hiss = torch.randn(count, generator=torch.Generator().manual_seed(0))
    both = torch.stack([loud, 0.2 * hiss])
    return both - both.mean(dim=1, keepdim=True)


def empty(envelope):
    return Surroundings(envelope[:, :0], envelope[:, :0])


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_moments_in_their_order_have_the_rhythm():
    shuffle = Shuffle(beats(), 240, empty(beats()), LAGS, generator())
    before = shuffle.error
    shuffle.run()
    assert shuffle.error < 0.35 < before
    again = torch.fft.irfft(torch.fft.rfft(shuffle.row, dim=1).abs().square(), shuffle.length)
    assert torch.allclose(shuffle.total, again[:, : LAGS + 1], atol=1e-2)


@pytest.mark.parametrize("seed", range(3))
def test_beats_stay_in_step_from_the_first_to_the_last(seed):
    shuffle = Shuffle(beats(), 480, empty(beats()), LAGS, generator(seed))
    shuffle.run()
    loud = shuffle.row[0, : shuffle.filled] > 0.4
    (first,) = torch.nonzero(loud[1:] & ~loud[:-1], as_tuple=True)
    steps = first.diff()
    assert (steps - PERIOD).abs().max() <= 3


def test_a_loop_has_it_across_its_seam():
    envelope = beats()
    frame = Surroundings(envelope[:, :0], envelope[:, :0], loop=True)
    shuffle = Shuffle(envelope, 20 * GRAIN, frame, LAGS, generator())
    shuffle.run()
    row = shuffle.row
    turned = torch.cat([row[:, 60:], row[:, :60]], dim=1)
    circular = [(row * row.roll(lag, 1)).sum() for lag in (PERIOD, 2 * PERIOD)]
    again = [(turned * turned.roll(lag, 1)).sum() for lag in (PERIOD, 2 * PERIOD)]
    assert torch.allclose(torch.stack(circular), torch.stack(again), rtol=1e-3)
    assert shuffle.error < 0.35


def test_what_is_there_already_is_followed_in_time():
    envelope = beats()
    frame = Surroundings(envelope[:, :96], envelope[:, :0])
    shuffle = Shuffle(envelope, 120, frame, LAGS, generator())
    shuffle.run()
    assert torch.equal(shuffle.row[:, :96], envelope[:, :96])
    loud = shuffle.row[0, 96:216]
    beat = torch.arange(96, 216) % PERIOD < 3
    assert loud[beat].mean() > loud[~beat].mean() + 0.3


def test_no_piece_goes_on_as_in_the_recording():
    envelope = beats()
    shuffle = Shuffle(envelope, 240, empty(envelope), LAGS, generator())
    picks = shuffle.run()
    steps = (picks[1:] - picks[:-1] - GRAIN).abs()
    changed = steps[steps > 0]
    assert (changed > 0).all()
    assert (steps > min(NOVEL_BY, len(shuffle.windows) // 8) - 1).float().mean() > 0.9


def test_chance_is_the_seed():
    a, b, c = (Shuffle(beats(), 240, empty(beats()), LAGS, generator(s)).run() for s in (0, 0, 1))
    assert torch.equal(a, b)
    assert not torch.equal(a, c)


def test_an_autocorrelation_is_the_mean_of_products():
    envelope = beats(100)
    for lag in (0, 7, 50):
        direct = (envelope[:, : 100 - lag] * envelope[:, lag:]).mean(dim=1)
        assert torch.allclose(autocorrelation(envelope, 50)[:, lag], direct, atol=1e-4)
