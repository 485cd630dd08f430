"""The library agrees with `examples/gatys_in_one_page.py`, the paper equation by equation.

Both run in float64 on a VGG-19 of eighth width with random weights, whose numbers do not matter
here. The page is the origin of every expected number.
"""

import itertools
from collections.abc import Callable

import pytest
import torch
from examples import gatys_in_one_page as page
from torch import Tensor

from impasto.losses import ContentLoss, GramLoss, TotalVariation
from impasto.normalization import NORMALIZATIONS, Normalization
from impasto.objective import Objective
from impasto.optimize.lbfgs import LBFGS
from impasto.registry import VARIATIONS
from impasto.settings import Settings
from impasto.statistics import gram
from tests.support.functions import Plain, descend
from tests.support.objectives import objective_of

EXACT = {"rtol": 1e-10, "atol": 1e-13}
WIDTHS = {1: 8, 2: 16, 3: 32, 4: 64, 5: 64}


@pytest.fixture(scope="module")
def weights() -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(7)
    found, inputs = {}, 3
    for block, count in page.BLOCKS.items():
        for index in range(1, count + 1):
            shape = (WIDTHS[block], inputs, 3, 3)
            scale = (2 / (inputs * 9)) ** 0.5 / (60 if inputs == 3 else 1)  # inputs are 0 to 255
            name = f"conv{block}_{index}"
            draw = torch.randn(shape, generator=generator, dtype=torch.float64)
            found[f"{name}.weight"], inputs = draw * scale, WIDTHS[block]
            found[f"{name}.bias"] = torch.full((WIDTHS[block],), 0.05, dtype=torch.float64)
    return found


@pytest.fixture(scope="module")
def pictures() -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(8)
    shapes = ((3, 40, 48), (3, 36, 32), (3, 40, 48))
    photo, painting, start = (
        torch.rand(shape, generator=generator, dtype=torch.float64) for shape in shapes
    )
    return photo, painting, start


class PageNetwork:
    """The page's network as a backbone."""

    def __init__(self, weights: dict[str, Tensor]) -> None:
        self.weights = weights

    def __call__(self, images: Tensor, layers: object) -> dict[str, Tensor]:
        height, width = images.shape[2:]
        return {
            name.replace("conv", "relu"): F.view(1, F.shape[0], height >> k, width >> k)
            for name, F in page.network(images[0], self.weights).items()
            for k in [int(name[4]) - 1]
        }

    def stride(self, layers: list[str]) -> int:
        return max(1 << int(layer[4]) - 1 for layer in layers)

    def positions(self, layer: str, length: int) -> int:
        return length // self.stride([layer])


@pytest.fixture(scope="module")
def backbone(weights: dict[str, Tensor]) -> PageNetwork:
    return PageNetwork(weights)


def objective(backbone, pictures, **settings) -> Objective:
    photo, painting, _ = pictures
    chosen = Settings(backbone="vgg19", **settings)
    return objective_of(backbone, photo[None], [painting[None]], chosen)


def page_loss(weights, pictures) -> Callable[[Tensor], Tensor]:
    photo, painting, _ = pictures
    P = page.network(photo, weights)[page.CONTENT_LAYER]
    A = {layer: page.gram(F) for layer, F in page.network(painting, weights).items()}
    return lambda x: page.total_loss(page.network(x, weights), P, A, alpha=2.0, beta=300.0)


PAPER = {"normalization": "paper", "content_weight": 2.0, "style_weight": 300.0}


def test_loss_and_gradient_are_the_papers(weights, backbone, pictures):
    start = pictures[2].clone().requires_grad_()
    expected = page_loss(weights, pictures)(start)
    (gradient,) = torch.autograd.grad(expected, start)
    at = objective(backbone, pictures, **PAPER)(pictures[2][None])
    assert at.total == pytest.approx(expected.item(), rel=1e-12)
    torch.testing.assert_close(at.gradient[0], gradient, **EXACT)


def test_parts_are_the_papers_summands(weights, backbone, pictures):
    photo, painting, start = pictures
    F, P, S = (page.network(x, weights) for x in (start, photo, painting))
    at = objective(backbone, pictures, **PAPER)(start[None])
    content = 2.0 * page.content_loss(F["conv4_2"], P["conv4_2"]).item()
    assert at.parts["content relu4_2"] == pytest.approx(content, rel=1e-12)
    for layer in page.STYLE_LAYERS:
        style = 300 / 5 * page.style_loss(page.gram(F[layer]), page.gram(S[layer])).item()
        assert at.parts[f"style {layer.replace('conv', 'relu')}"] == pytest.approx(style, rel=1e-12)
    assert sum(at.parts.values()) == pytest.approx(at.total, rel=1e-12)


def test_ten_steps_of_the_loop_are_the_pages(weights, backbone, pictures):
    expected = list(page.descend(pictures[2], page_loss(weights, pictures), steps=10))
    function = Plain(objective(backbone, pictures, **PAPER))
    steps = descend(function, pictures[2][None], LBFGS(), 10)
    for step, seen, (value, image) in zip(steps, function.seen, expected, strict=True):
        assert step.total == pytest.approx(value, rel=1e-9)
        torch.testing.assert_close(seen[0], image, rtol=1e-8, atol=1e-10)
    assert steps[-1].total < steps[0].total / 2


@pytest.mark.parametrize(
    ("name", "content_factor", "style_factor"),
    [
        # Multiples of the page's own losses, by the table in impasto.normalization.
        ("paper", lambda F, P: 1.0, lambda C, A: 1.0),
        ("gatys2016", lambda F, P: 2 / P.numel(), lambda C, A: 4 / C**2),
        ("neural-style", lambda F, P: 2 / P.numel(), lambda C, A: 4 / C**2),
        (
            "relative",
            lambda F, P: 2 / P.pow(2).sum().item(),
            lambda C, A: 4 * C**2 / A.pow(2).sum().item(),
        ),
    ],
)
def test_every_normalization_is_a_multiple_of_the_pages_losses(
    weights, pictures, name, content_factor, style_factor
):
    F, P, S = (page.network(x, weights)["conv3_1"] for x in (pictures[2], *pictures[:2]))
    norm: Normalization = NORMALIZATIONS[name]
    maps = F.view(1, -1, 10, 12)
    content = ContentLoss(P.view(1, -1, 10, 12), norm.content)(maps).item()
    expected = page.content_loss(F, P).item() * content_factor(F, P)
    assert content == pytest.approx(expected, rel=1e-12)
    A = page.gram(S)
    style = GramLoss(A, norm.style)(maps).item()
    expected = page.style_loss(page.gram(F), A).item() * style_factor(F.shape[0], A)
    assert style == pytest.approx(expected, rel=1e-12)


def test_gram_is_the_pages(weights, pictures):
    F = page.network(pictures[0], weights)["conv2_1"]
    torch.testing.assert_close(gram(F.view(1, -1, 20, 24)).mean, page.gram(F), **EXACT)


@pytest.mark.parametrize(("power", "name"), [(2, "squared"), (1, "absolute")])
def test_total_variation_is_that_of_plain_loops(pictures, power, name):
    image = pictures[0][:, :5, :7]
    dx = [abs(image[c, y, x + 1] - image[c, y, x]) ** power
          for c, y, x in itertools.product(range(3), range(5), range(6))]  # fmt: skip
    dy = [abs(image[c, y + 1, x] - image[c, y, x]) ** power
          for c, y, x in itertools.product(range(3), range(4), range(7))]  # fmt: skip
    loss = TotalVariation(VARIATIONS[name], NORMALIZATIONS["relative"].variation)
    assert loss(image[None]).item() == pytest.approx(
        (sum(dx) / len(dx) + sum(dy) / len(dy)).item(), rel=1e-12
    )
    summed = TotalVariation(VARIATIONS[name], NORMALIZATIONS["neural-style"].variation)
    expected = 255**power / power * (sum(dx) + sum(dy)).item()
    assert summed(image[None]).item() == pytest.approx(expected, rel=1e-12)
