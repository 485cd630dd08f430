"""Every loss takes a mask: how much each position counts. Each is held to a count by hand."""

import itertools

import numpy as np
import pytest
import torch
from torch import Tensor

from impasto.losses import ContentLoss, EdgeLoss, Loss, MattingLoss, PatchLoss, TotalVariation
from impasto.losses.laplacian import POOLS
from impasto.losses.matting import MattingLaplacian
from impasto.registry import STYLE_LOSSES, VARIATIONS

HEIGHT, WIDTH = 13, 15


def scale(target) -> float:
    return 2.5


def image(seed: int, channels: int = 3) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.rand((1, channels, HEIGHT, WIDTH), generator=generator, dtype=torch.float64)


def style(name: str, target: Tensor) -> Loss:
    return STYLE_LOSSES[name].load().from_features([target], [1.0], scale)


LOSSES: dict[str, Loss] = {
    "content": ContentLoss(image(1), scale),
    "edges": EdgeLoss(image(1), scale),
    "matting": MattingLoss(image(1), epsilon=1e-3),
    **{
        f"variation {name}": TotalVariation(kind, lambda count, degree: 3.0 / count)
        for name, kind in VARIATIONS.items()
    },
    **{f"style {name}": style(name, image(1)) for name in STYLE_LOSSES},
}

SOME = (image(7, channels=1) > 0.4).double()
"""A mask of zeros and ones."""

SOFT = image(8, channels=1)


@pytest.mark.parametrize("name", LOSSES)
def test_a_mask_of_ones_is_none(name):
    F = image(2).requires_grad_()
    values = [LOSSES[name](F), LOSSES[name](F, torch.ones_like(F[:, :1]))]
    gradients = [torch.autograd.grad(value, F)[0] for value in values]
    assert values[0].item() > 0
    torch.testing.assert_close(values[1], values[0], rtol=1e-12, atol=0)
    torch.testing.assert_close(gradients[1], gradients[0], rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("name", LOSSES)
def test_a_mask_changes_the_loss_and_is_left_alone(name):
    kept = SOME.clone()
    loss = LOSSES[name](image(2), kept)
    assert torch.equal(kept, SOME)
    assert loss.dim() == 0
    assert loss.item() != pytest.approx(LOSSES[name](image(2)).item(), rel=1e-3)
    assert loss.item() >= 0


ADDITIVE = [f"style {name}" for name, row in STYLE_LOSSES.items() if row.load().additive]


@pytest.mark.parametrize("mask", [SOME, SOFT], ids=["some", "soft"])
@pytest.mark.parametrize("name", [name for name in LOSSES if name not in ADDITIVE])
def test_gradients_with_a_mask_are_those_of_finite_differences(name, mask):
    """Of the additive style losses, tests/contract holds this."""
    F = image(2)[:, :, :8, :9].clone().requires_grad_()
    losses = {
        "content": ContentLoss(image(1)[:, :, :8, :9], scale),
        "edges": EdgeLoss(image(1)[:, :, :8, :9], scale),
        "matting": MattingLoss(image(1)[:, :, :8, :9], epsilon=1e-3),
    }
    loss = losses.get(name, LOSSES[name])
    assert torch.autograd.gradcheck(lambda each: loss(each, mask[:, :, :8, :9]), F)


@pytest.mark.parametrize(
    "name", ["content", "edges", "matting", *(k for k in LOSSES if "var" in k)]
)
def test_twice_the_mask_is_twice_the_loss(name):
    """These are sums over positions, or pairs of them; a style is a mean."""
    loss, F = LOSSES[name], image(2)
    assert loss(F, 2 * SOFT).item() == pytest.approx(2 * loss(F, SOFT).item(), rel=1e-12)
    assert loss(F, 0 * SOFT).item() == 0


@pytest.mark.parametrize("name", [name for name in LOSSES if name.startswith("style")])
def test_a_style_is_a_mean_over_what_the_mask_counts(name):
    loss, F = LOSSES[name], image(2)
    assert loss(F, 2 * SOFT).item() == pytest.approx(loss(F, SOFT).item(), rel=1e-9)


def test_content_counts_only_the_positions_of_the_mask():
    P, F, counted = image(1)[0], image(2)[0], SOME[0, 0].nonzero().tolist()
    assert 0 < len(counted) < HEIGHT * WIDTH
    by_hand = sum(((F[:, y, x] - P[:, y, x]) ** 2).sum() for y, x in counted)
    assert LOSSES["content"](F[None], SOME).item() == pytest.approx(2.5 * by_hand.item())


@pytest.mark.parametrize("kind", ["squared", "absolute"])
@pytest.mark.parametrize("mask", [SOME, SOFT], ids=["some", "soft"])
def test_a_difference_counts_by_the_smaller_mask_of_its_pixels(kind, mask):
    degree, x, m = VARIATIONS[kind].degree, image(2)[0], mask[0, 0]
    total = 0.0
    for down, right in ((1, 0), (0, 1)):
        rows, columns = HEIGHT - down, WIDTH - right
        for i, j in itertools.product(range(rows), range(columns)):
            share = min(m[i, j], m[i + down, j + right])
            differences = (x[:, i + down, j + right] - x[:, i, j]).abs() ** degree
            total += 3.0 / (3 * rows * columns) * share * differences.sum()
    assert LOSSES[f"variation {kind}"](image(2), mask).item() == pytest.approx(total.item())


def test_joint_differences_count_only_inside_the_mask():
    """Of the arrow of a pixel, each half counts where both its pixels do."""
    x, m, total = image(2)[0], SOME[0, 0], 0.0
    for i, j in itertools.product(range(HEIGHT - 1), range(WIDTH - 1)):
        down = min(m[i, j], m[i + 1, j]) * (x[:, i + 1, j] - x[:, i, j]) ** 2
        right = min(m[i, j], m[i, j + 1]) * (x[:, i, j + 1] - x[:, i, j]) ** 2
        total += ((down + right) ** 1.25).sum()
    number = 3 * (HEIGHT - 1) * (WIDTH - 1)
    found = LOSSES["variation kang"](image(2), SOME).item()
    assert found == pytest.approx((3.0 / number * total).item())


@pytest.mark.parametrize("mask", [SOME, SOFT], ids=["some", "soft"])
def test_an_edge_counts_by_the_mean_mask_of_its_middle_square(mask):
    P, F, m = image(1)[0].sum(0), image(2)[0].sum(0), mask[0, 0]

    def mean(plane, y, x, pool):
        return plane[y : y + pool, x : x + pool].mean()

    def laplacian(plane, y, x, p):
        beside = ((0, p), (p, 0), (0, -p), (-p, 0))
        return 4 * mean(plane, y, x, p) - sum(mean(plane, y + a, x + b, p) for a, b in beside)

    totals = []
    for p in POOLS:
        places = itertools.product(range(p, HEIGHT - 2 * p + 1), range(p, WIDTH - 2 * p + 1))
        totals.append(
            sum(
                mean(m, y, x, p) * (laplacian(F, y, x, p) - laplacian(P, y, x, p)) ** 2
                for y, x in places
            )
        )
    expected = 2.5 * sum(totals) / len(totals)
    assert LOSSES["edges"](image(2), mask).item() == pytest.approx(expected.item())


@pytest.mark.parametrize("mask", [SOME, SOFT], ids=["some", "soft"])
def test_a_pair_of_pixels_counts_by_the_mean_of_their_masks(mask):
    """The matrix of the Laplacian, column by column: its energy is a sum over pairs."""
    laplacian, pixels = MattingLaplacian(image(1), 1e-3), HEIGHT * WIDTH
    basis = torch.eye(pixels, dtype=torch.float64).view(1, pixels, HEIGHT, WIDTH)
    matrix = laplacian(basis)[0].reshape(pixels, pixels)
    V, m, total = image(2)[0].reshape(3, -1), mask.reshape(-1), 0.0
    for i, j in itertools.combinations(range(pixels), 2):
        if matrix[i, j] != 0:
            share = (m[i] + m[j]) / 2
            total -= matrix[i, j] * share * ((V[:, i] - V[:, j]) ** 2).sum()
    found = LOSSES["matting"](image(2), mask).item()
    assert found == pytest.approx((total / pixels).item(), rel=1e-9)


@pytest.mark.parametrize("mask", [SOME, SOFT], ids=["some", "soft"])
def test_a_patch_counts_by_the_mask_of_its_middle(mask):
    loss, F = LOSSES["style patches"], image(2)
    assert isinstance(loss, PatchLoss)
    flat = loss.patches.flatten(1)
    total = weight = 0.0
    for y, x in itertools.product(range(1, HEIGHT - 1), range(1, WIDTH - 1)):
        patch = F[0, :, y - 1 : y + 2, x - 1 : x + 2].flatten()
        nearest = flat[int((flat @ patch / flat.norm(dim=1)).argmax())]
        total += mask[0, 0, y, x] * (patch - nearest).square().sum()
        weight += mask[0, 0, y, x]
    assert loss(F, mask).item() == pytest.approx((loss.scale * total / weight).item())


def test_a_mask_that_counts_no_patch_gives_a_loss_of_zero():
    border = torch.ones(1, 1, HEIGHT, WIDTH, dtype=torch.float64)
    border[:, :, 1:-1, 1:-1] = 0
    F = image(2).requires_grad_()
    value = LOSSES["style patches"](F, border)
    (gradient,) = torch.autograd.grad(value, F)
    assert value.item() == 0
    assert np.isfinite(gradient.numpy()).all()
