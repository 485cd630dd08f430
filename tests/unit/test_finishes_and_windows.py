import numpy as np
import pytest
import torch
from scipy import sparse
from scipy.sparse.linalg import spsolve

from impasto.controls.postprocess import guided, poisson, screened_poisson
from impasto.losses.box_filter import guided_filter, inverse_of_symmetric, means, over_windows
from impasto.registry import FINISHES


def picture(seed: int, height: int = 14, width: int = 19) -> torch.Tensor:
    return torch.rand(
        3, height, width, generator=torch.Generator().manual_seed(seed), dtype=torch.float64
    )


def gradient_matrix(height: int, width: int) -> sparse.csr_matrix:
    down = sparse.diags([-1.0, 1.0], [0, 1], (height - 1, height))
    across = sparse.diags([-1.0, 1.0], [0, 1], (width - 1, width))
    return sparse.vstack(
        [sparse.kron(down, sparse.eye(width)), sparse.kron(sparse.eye(height), across)]
    ).tocsr()


@pytest.mark.parametrize(("height", "width"), [(14, 19), (1, 7), (8, 8)])
@pytest.mark.parametrize("weight", [0.0, 1.0, 25.0])
def test_the_closed_form_equals_the_sparse_solve(height, width, weight):
    S, guide = picture(1, height, width)[0], picture(2, height, width)[0]
    D = gradient_matrix(height, width)
    system = sparse.eye(height * width) + weight * D.T @ D
    right = S.reshape(-1).numpy() + weight * (D.T @ D @ guide.reshape(-1).numpy())
    expected = spsolve(system.tocsc(), right).reshape(height, width)
    found = screened_poisson(S, guide, weight).numpy()
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


def test_more_weight_is_nearer_to_the_photographs_gradients_and_farther_from_the_colors():
    S, guide = picture(1)[0], picture(2)[0]
    results = [screened_poisson(S, guide, w) for w in (0, 0.5, 2, 10, 100)]
    gradients = [
        ((each - guide).diff(dim=0).norm() + (each - guide).diff(dim=1).norm()).item()
        for each in results
    ]
    colors = [(each - S).norm().item() for each in results]
    assert gradients == sorted(gradients, reverse=True)
    assert colors == sorted(colors)
    assert colors[0] < 1e-12


@pytest.mark.parametrize("name", FINISHES)
def test_a_finish_leaves_the_photograph_as_it_is(name):
    photograph = picture(1)
    finished = FINISHES[name].load()(photograph, photograph)
    assert (finished - photograph).abs().max() < 0.02


def test_a_finish_keeps_the_mean_color():
    S, guide = picture(1) * 0.5 + 0.3, picture(2)
    torch.testing.assert_close(poisson(S, guide).mean(dim=(1, 2)), S.mean(dim=(1, 2)))


def test_the_guided_filter_returns_affine_recolorings_and_takes_the_guides_edges():
    guide = picture(1, 40, 40)
    recolored = 0.4 * guide.flip(0) + 0.2
    torch.testing.assert_close(guided_filter(guide, recolored, 3, 1e-9), recolored)
    step = torch.zeros(3, 40, 40, dtype=torch.float64)
    step[..., 20:] = 1
    soft = means(step, 9)
    soft = torch.nn.functional.pad(soft[None], (4, 4, 4, 4), mode="replicate")[0]
    jump = guided(soft, step).diff(dim=2)[..., 19].mean()
    assert jump > 2 * soft.diff(dim=2)[..., 19].mean()


def test_a_symmetric_matrix_times_its_inverse_is_the_identity():
    A = torch.rand(3, 3, 4, 5, dtype=torch.float64)
    A = A + A.transpose(0, 1) + 3 * torch.eye(3, dtype=torch.float64)[..., None, None]
    product = torch.einsum("ijhw,jkhw->ikhw", A, inverse_of_symmetric(A))
    expected = torch.eye(3, dtype=torch.float64)[..., None, None].expand_as(product)
    torch.testing.assert_close(product, expected)


def test_the_mean_over_windows_of_a_constant_is_the_constant():
    windows = torch.full((2, 5, 6), 3.0)
    torch.testing.assert_close(over_windows(windows, 3), torch.full((2, 7, 8), 3.0))
