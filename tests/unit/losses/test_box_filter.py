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
