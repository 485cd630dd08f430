"""What goes from one size to the next."""

import torch

from impasto.transfer import enlarge


def keys(distance: float) -> float:
    """The kernel of cubic convolution, with the slope that most programs take.

    Source: Keys (1981), "Cubic Convolution Interpolation for Digital Image Processing".
    """
    a, t = -0.75, abs(distance)
    if t <= 1:
        return (a + 2) * t**3 - (a + 3) * t**2 + 1
    return a * t**3 - 5 * a * t**2 + 8 * a * t - 4 * a if t < 2 else 0.0


def cubic(row: list[float], length: int) -> list[float]:
    """Sample a row anew at the middles of other pixels; beyond its ends it goes on unchanged."""
    last, found = len(row) - 1, []
    for index in range(length):
        at = (index + 0.5) * len(row) / length - 0.5
        near = range(int(at) - 3, int(at) + 5)
        found.append(sum(keys(at - k) * row[min(max(k, 0), last)] for k in near))
    return found


def test_a_change_is_enlarged_by_cubic_convolution_without_a_shift():
    row = [0.1, -0.3, 0.8, 0.4, 0.4, -0.9, 0.2]
    for length in (14, 17, 23):
        expected = torch.tensor(cubic(row, length), dtype=torch.float64)
        across = torch.tensor(row, dtype=torch.float64).expand(1, 3, 5, 7)
        found = enlarge(across, (10, length))
        torch.testing.assert_close(found, expected.expand(1, 3, 10, length))
        found = enlarge(across.mT, (length, 10))
        torch.testing.assert_close(found, expected[:, None].expand(1, 3, length, 10))


def test_a_slope_stays_a_slope_and_gets_no_steps():
    slope = torch.linspace(0, 1, 32, dtype=torch.float64).expand(1, 3, 8, 32)
    rises = enlarge(slope, (16, 64)).diff(dim=3)[..., 4:-4] * 62
    assert rises.min() > 0.75  # this kernel is exact for no slope, but nowhere near a step
    assert rises.max() < 1.25
