import numpy as np
import pytest
import torch
from scipy import sparse

from impasto.losses import MattingLoss
from impasto.losses.matting import EPSILON, MattingLaplacian


def picture(height: int, width: int, seed: int = 0) -> torch.Tensor:
    """Smooth colors with noise, as a photograph has."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width] / 20
    smooth = np.stack([np.sin(x + y), np.cos(x - y), np.sin(2 * y)]) * 0.2 + 0.5
    noisy = smooth + 0.03 * random.standard_normal(smooth.shape)
    return torch.from_numpy(noisy)[None]


def sparse_laplacian(photograph: torch.Tensor, epsilon: float) -> sparse.csr_matrix:
    """Levin et al. (2008), equation 12, window by window."""
    colors = photograph[0].permute(1, 2, 0).numpy()
    height, width = colors.shape[:2]
    index = np.arange(height * width).reshape(height, width)
    rows, columns, values = [], [], []
    for y in range(height - 2):
        for x in range(width - 2):
            where = index[y : y + 3, x : x + 3].reshape(-1)
            window = colors[y : y + 3, x : x + 3].reshape(9, 3)
            centered = window - window.mean(axis=0)
            inverse = np.linalg.inv(centered.T @ centered / 9 + epsilon / 9 * np.eye(3))
            block = np.eye(9) - (1 + centered @ inverse @ centered.T) / 9
            rows.append(np.repeat(where, 9))
            columns.append(np.tile(where, 9))
            values.append(block.reshape(-1))
    entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return sparse.csr_matrix(entries, shape=(height * width, height * width))


@pytest.mark.parametrize(("height", "width"), [(12, 17), (3, 3), (3, 20), (9, 4)])
@pytest.mark.parametrize("epsilon", [1e-7, 1e-4])
def test_the_operator_equals_the_sparse_matrix(height, width, epsilon):
    photograph = picture(height, width)
    V = torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(1)).double()
    matrix = sparse_laplacian(photograph, epsilon)
    expected = (matrix @ V[0].reshape(3, -1).numpy().T).T.reshape(V.shape)
    found = MattingLaplacian(photograph, epsilon)(V).numpy()
    assert np.abs(found - expected).max() < 1e-10 * np.abs(expected).max()


def test_an_affine_recoloring_has_nearly_no_energy():
    photograph = picture(30, 40)
    generator = torch.Generator().manual_seed(1)
    mix = torch.rand(3, 3, generator=generator).double()
    recolored = torch.einsum("dc,bchw->bdhw", mix, photograph) + 0.1
    loss = MattingLoss(photograph)
    noise = torch.rand(photograph.shape, generator=generator).double()
    assert loss(recolored) < 1e-6 * loss(noise)
    assert loss(recolored) >= 0


def test_a_recoloring_that_changes_smoothly_has_far_less_energy_than_moved_edges():
    photograph = picture(30, 40)
    ramp = torch.linspace(0.5, 1, 40).double()
    loss = MattingLoss(photograph)
    assert loss(photograph * ramp) < 0.05 * loss(photograph.roll(1, dims=3))


def test_the_gradient_is_that_of_finite_differences_and_twice_the_operator():
    photograph = picture(6, 7)
    V = picture(6, 7, seed=1).requires_grad_()
    loss = MattingLoss(photograph, epsilon=1e-3)
    assert torch.autograd.gradcheck(loss, V)
    (gradient,) = torch.autograd.grad(loss(V), V)
    torch.testing.assert_close(gradient, 2 * loss.laplacian(V.detach()) / 42)


def test_the_energy_is_per_pixel():
    once = MattingLoss(picture(30, 40))(picture(30, 40, seed=1))
    twice = MattingLoss(picture(60, 80))(picture(60, 80, seed=1))
    assert twice.item() == pytest.approx(once.item(), rel=0.2)


def test_images_in_float32_lose_nothing_that_counts():
    photograph, V = picture(20, 20).float(), picture(20, 20, seed=1).float()
    found = MattingLoss(photograph)(V)
    assert found.dtype == torch.float32
    exact = MattingLoss(photograph.double())(V.double())
    assert found.item() == pytest.approx(exact.item(), rel=1e-5)
    assert EPSILON == 1e-7


@pytest.mark.parametrize("height", [10, 11, 13])
def test_windows_that_reach_over_two_strips_count_once(height, monkeypatch):
    photograph, V = picture(height, 9), picture(height, 9, seed=1)
    monkeypatch.setattr("impasto.losses.matting.STRIP", 4)
    matrix = sparse_laplacian(photograph, 1e-4)
    expected = (matrix @ V[0].reshape(3, -1).numpy().T).T.reshape(V.shape)
    found = MattingLaplacian(photograph, 1e-4)(V).numpy()
    assert np.abs(found - expected).max() < 1e-10 * np.abs(expected).max()


@pytest.mark.parametrize("shape", [(2, 9), (9, 2), (1, 1), (2, 2)])
def test_a_picture_without_a_window_is_free(shape):
    loss = MattingLoss(picture(*shape))
    image = picture(*shape, seed=1).requires_grad_()
    value = loss(image)
    assert value.item() == 0
    assert not torch.autograd.grad(value, image)[0].any()


def test_a_weighted_laplacian_is_a_copy():
    laplacian = MattingLaplacian(picture(6, 7))
    before = laplacian.planes.clone()
    assert laplacian.weighted(torch.zeros(1, 1, 6, 7).double()).planes.count_nonzero() == 0
    assert torch.equal(laplacian.planes, before)
