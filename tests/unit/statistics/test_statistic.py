import pytest
import torch

from impasto.statistics import Statistic, blend, gram


def test_blend_counts_a_picture_by_its_weight_and_not_by_its_size():
    small = Statistic(torch.tensor([2.0]), 2)
    large = Statistic(torch.tensor([300.0]), 100)
    assert blend([small, large], [1, 1]).item() == pytest.approx(2.0)
    assert blend([small, large], [3, 1]).item() == pytest.approx(1.5)
    assert blend([small, large], [0, 7]).item() == pytest.approx(3.0)


def test_blend_of_one_is_its_mean():
    F = torch.rand((1, 3, 4, 4), dtype=torch.float64)
    torch.testing.assert_close(blend([gram(F)], [2.5]), gram(F).mean)
