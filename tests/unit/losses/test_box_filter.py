import pytest
import torch

from impasto.losses import guided_filter
from impasto.losses.box_filter import inverse_of_symmetric, over_windows


def test_the_guided_filter_returns_affine_recolorings():
    generator = torch.Generator().manual_seed(1)
    guide = torch.rand((3, 40, 40), generator=generator, dtype=torch.float64)
    recolored = 0.4 * guide.flip(0) + 0.2
    torch.testing.assert_close(guided_filter(guide, recolored, 3, 1e-9), recolored)


def test_a_symmetric_matrix_times_its_inverse_is_the_identity():
    A = torch.rand(3, 3, 4, 5, dtype=torch.float64)
    A = A + A.transpose(0, 1) + 3 * torch.eye(3, dtype=torch.float64)[..., None, None]
    product = torch.einsum("ijhw,jkhw->ikhw", A, inverse_of_symmetric(A))
    expected = torch.eye(3, dtype=torch.float64)[..., None, None].expand_as(product)
    torch.testing.assert_close(product, expected)


def test_the_mean_over_windows_of_a_constant_is_the_constant():
    windows = torch.full((2, 5, 6), 3.0)
    torch.testing.assert_close(over_windows(windows, 3), torch.full((2, 7, 8), 3.0))


def regressed(guide, values, radius, ridge):
    """The guided filter as it is defined: a regression in every window, by the normal equations."""
    _, height, width = guide.shape
    side = min(2 * radius + 1, height, width)
    total, count = torch.zeros_like(values), torch.zeros(height, width, dtype=values.dtype)
    for y in range(height - side + 1):
        for x in range(width - side + 1):
            at = (slice(None), slice(y, y + side), slice(x, x + side))
            colors, levels = guide[at].flatten(1), values[at].flatten(1)
            centered = colors - colors.mean(dim=1, keepdim=True)
            number = side * side
            matrix = centered @ centered.T / number + ridge * torch.eye(3, dtype=guide.dtype)
            slopes = torch.linalg.solve(matrix, centered @ levels.T / number)
            fitted = slopes.T @ centered + levels.mean(dim=1, keepdim=True)
            # The mean over windows of a·I + b is that of what they fit.
            total[at] += fitted.view(len(values), side, side)
            count[at[1:]] += 1
    return total / count


@pytest.mark.parametrize(
    ("shape", "radius", "ridge"), [((7, 9), 1, 1e-2), ((7, 9), 2, 1.0), ((4, 11), 5, 1e-4)]
)
def test_the_guided_filter_is_the_mean_of_a_regression_in_every_window(shape, radius, ridge):
    """Where the picture is smaller than a window, the window is as small."""
    generator = torch.Generator().manual_seed(1)
    guide = torch.rand((3, *shape), generator=generator, dtype=torch.float64)
    values = torch.rand((2, *shape), generator=generator, dtype=torch.float64)
    found = guided_filter(guide, values, radius, ridge)
    torch.testing.assert_close(found, regressed(guide, values, radius, ridge))
