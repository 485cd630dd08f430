"""A start in closed form."""

import torch
import torch.nn.functional as F
from training.layerwise import choose, convolve, fit


def test_a_convolution_is_found_from_what_its_relu_leaves(monkeypatch):
    torch.manual_seed(0)
    kernel, bias = torch.randn(5, 3, 3, 3), torch.randn(5)
    maps = torch.randn(8, 3, 12, 12)
    wanted = F.conv2d(maps, kernel, bias, padding=1).relu()
    errors = []
    for rounds in (1, 10, 40):
        monkeypatch.setattr("training.layerwise.ROUNDS", rounds)
        found = fit(maps, wanted, ridge=1e-8)
        errors.append(float((convolve(maps, *found).float() - wanted).square().mean()))
    assert errors[0] > 10 * errors[1] > 100 * errors[2]
    assert errors[2] < 1e-3


def test_the_channels_are_chosen_that_tell_of_the_others():
    torch.manual_seed(0)
    two = torch.randn(4, 2, 6, 6)
    features = torch.cat([0.1 * two[:, :1] - 0.2 * two[:, 1:], 3 * two[:, :1], two], 1)
    chosen = choose(features, 2)
    moment = features.transpose(0, 1).flatten(1)
    left = torch.linalg.lstsq(moment[chosen].T, moment.T).solution
    assert (moment[chosen].T @ left - moment.T).abs().max() < 1e-4
    assert len({0, 3} & set(chosen)) == 1  # the first two say nothing of the last alone
