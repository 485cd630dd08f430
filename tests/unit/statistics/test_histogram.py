import pytest
import torch
from torch import Tensor

from impasto.statistics import POINTS, counts, directions, grid, halve
from impasto.statistics.histogram import CELLS, FINEST


def features(seed: int, *shape: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def test_the_grid_rises_and_is_symmetric():
    points = grid()
    assert len(points) == POINTS
    assert (points.diff() > 0).all()
    assert torch.equal(points, -points.flip(0))
    beyond = points[points > 0]
    assert (beyond.diff() <= (beyond[:-1] + 2 * FINEST) / CELLS).all()


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_counting_keeps_number_and_mean(dtype):
    F = (features(1, 1, 3, 40, 50) * torch.tensor([1e-3, 1.0, 1e3])[:, None, None]).to(dtype)
    total = counts(F).total
    torch.testing.assert_close(total.sum(dim=1), torch.full((3,), 2000.0, dtype=dtype))
    mean = (total.double() @ grid()) / 2000
    close = {torch.float64: 1e-10, torch.float32: 1e-3}[dtype]
    error = (mean - F.double().mean(dim=(0, 2, 3))).abs() / F.double().abs().mean(dim=(0, 2, 3))
    assert error.max() < close


def test_values_beyond_the_grid_are_counted_at_its_end():
    F = torch.tensor([1e30, -1e30, 0.0, float("inf")]).view(1, 1, 2, 2)
    total = counts(F).total[0]
    assert total.sum().item() == pytest.approx(4)
    assert total[[0, POINTS // 2]].tolist() == pytest.approx([1, 1], rel=1e-3)


def test_directions_are_orthonormal_and_always_the_same():
    D = directions(48)
    assert D.shape == (48, 32)
    torch.testing.assert_close(D.T @ D, torch.eye(32, dtype=torch.float64))
    directions.cache_clear()
    assert torch.equal(directions(48), D)


def test_halving_counts_by_weights():
    F, weights = features(1, 1, 3, 9, 12), torch.zeros(1, 1, 9, 12, dtype=torch.float64)
    weights[:, :, 2:7, 3:8] = 1
    averages, shares = halve(F, weights)
    assert shares.sum() == weights[:, :, :8].sum()
    inside = averages[:, :, 1, 1]  # of its four positions, two count
    torch.testing.assert_close(inside, F[:, :, 2:4, 3].mean(dim=2))
    assert halve(F[:, :, :1], None)[0].numel() == 0
