"""Sums of features, of their squares and of their products."""

import pytest
import torch

from impasto.statistics import mean_square, moments


def features(*shape: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def test_sums_squares_and_products_are_over_all_positions_of_all_images():
    F, weights = features(2, 3, 4, 5), features(1, 1, 4, 5, seed=1).abs()
    flat = F.movedim(1, 0).flatten(1)
    for shares, given in ((torch.ones(40).double(), None), (weights.flatten().repeat(2), weights)):
        both, squares = moments(F, given), mean_square(F, given)
        assert both.positions == squares.positions == pytest.approx(shares.sum().item())
        torch.testing.assert_close(both.total[:, :3], flat * shares @ flat.T)
        torch.testing.assert_close(both.total[:, 3], flat @ shares)
        torch.testing.assert_close(squares.total, torch.stack([flat @ shares, flat**2 @ shares]))


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
@pytest.mark.parametrize("weighted", [False, True])
def test_sums_of_16_bit_features_are_taken_in_32(dtype, weighted):
    """No such type has 90001: the float16 is infinite there, and in bfloat16 it is 90112."""
    F = torch.ones(1, 1, 1, 90001, dtype=dtype)
    weights = torch.ones(1, 1, 1, 90001) if weighted else None
    assert moments(F, weights).total.tolist() == [[90001, 90001]]
    assert mean_square(F, weights).total.tolist() == [[90001], [90001]]
