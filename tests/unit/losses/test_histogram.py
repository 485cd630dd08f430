import pytest
import torch
from torch import Tensor

from impasto.losses import (
    GramLoss,
    HistogramLoss,
    MeanStdLoss,
    ShiftedGramLoss,
    SlicedLoss,
    WassersteinLoss,
)
from impasto.losses.histogram import CoarseHistogramLoss
from impasto.normalization import NORMALIZATIONS
from impasto.statistics import counts, gram

RELATIVE = NORMALIZATIONS["relative"].style


def features(seed: int, *shape: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def by_sorting(F: Tensor, P: Tensor) -> Tensor:
    """The exact relative transport loss of two feature maps with equally many positions."""
    x, q = (each.movedim(1, 3).flatten(0, 2).sort(dim=0).values for each in (F, P))
    return (x - q).square().mean(dim=0).sum() / q.square().mean(dim=0).sum()


@pytest.mark.parametrize("scale", [0.03, 1.0, 300.0])
@pytest.mark.parametrize("rectified", [True, False])
def test_counting_is_close_to_sorting(scale, rectified):
    """The bound that the module states: 1 % of the loss and 3 % of its gradient."""
    F, P = features(1, 1, 4, 40, 50) * scale, (features(2, 1, 4, 40, 50) * 0.7 + 0.4) * scale
    F.requires_grad_()
    seen, P = (F.relu(), P.relu()) if rectified else (F, P)  # no gradient passes silent units
    counted, exact = HistogramLoss(counts(P).mean, RELATIVE)(seen), by_sorting(seen, P)
    assert counted.item() == pytest.approx(exact.item(), rel=0.01)
    gradients = [torch.autograd.grad(value, F, retain_graph=True)[0] for value in (counted, exact)]
    assert (gradients[0] - gradients[1]).norm() < 0.03 * gradients[1].norm()


def ambiguous() -> tuple[Tensor, Tensor]:
    """A constant 1/√2, and zeros and ones half and half: the same second moment."""
    constant = torch.full((1, 1, 10, 10), 0.5**0.5, dtype=torch.float64)
    halves = torch.zeros(1, 1, 10, 10, dtype=torch.float64)
    halves[:, :, :5] = 1
    return constant, halves


def test_what_the_gram_matrix_cannot_see_the_histogram_does():
    """(0.707² + 0.293²) / 2 = 0.293, within what the cells of the grid allow."""
    constant, halves = ambiguous()
    for picture, painting in (ambiguous(), ambiguous()[::-1]):
        blind = GramLoss(gram(painting).mean, lambda target: 1.0)
        assert blind(picture).item() == pytest.approx(0, abs=1e-12)
        seeing = HistogramLoss(counts(painting).mean, lambda target: 1.0)
        assert seeing(picture).item() == pytest.approx(0.293, rel=0.025)
    assert by_sorting(constant, halves).item() * 0.5 == pytest.approx(0.2929, abs=1e-4)


@pytest.mark.parametrize("kind", [MeanStdLoss, WassersteinLoss, ShiftedGramLoss, SlicedLoss])
def test_the_other_losses_see_it_too(kind):
    constant, halves = ambiguous()
    loss = kind(kind.statistic(halves).mean, RELATIVE)
    assert loss(constant).item() > 0.2


def test_slices_see_correlations_that_channels_do_not():
    F = features(1, 1, 2, 40, 40)
    mixed = torch.cat([F[:, :1], 0.9 * F[:, :1] + 0.436 * F[:, 1:]], dim=1)
    order = torch.randperm(1600, generator=torch.Generator().manual_seed(2))
    shuffled = mixed[:, 1:].flatten()[order].view(1, 1, 40, 40)
    alone = torch.cat([mixed[:, :1], shuffled], dim=1)
    by_channel = HistogramLoss(counts(mixed).mean, RELATIVE)(alone)
    by_slices = SlicedLoss(SlicedLoss.statistic(mixed).mean, RELATIVE)(alone)
    assert by_channel.item() == pytest.approx(0, abs=1e-6)
    assert by_slices.item() > 0.02


def test_the_coarse_variant_looks_at_averages():
    F, P = features(1, 1, 3, 9, 12), features(2, 1, 3, 8, 8)
    coarse = CoarseHistogramLoss(CoarseHistogramLoss.statistic(P).mean, RELATIVE)
    averages = [torch.nn.functional.avg_pool2d(each, 2) for each in (F, P)]
    plain = HistogramLoss(counts(averages[1]).mean, RELATIVE)
    assert coarse(F).item() == pytest.approx(plain(averages[0]).item(), rel=1e-12)


@pytest.mark.parametrize("kind", [HistogramLoss, SlicedLoss])
def test_features_in_float32_lose_nothing_that_counts(kind):
    """Nor near the painting, where the loss is the difference of large sums."""
    P = features(1, 1, 4, 40, 50).float()
    for F, near in ((features(2, 1, 4, 40, 50).float(), 1e-5), (1.03 * P, 1e-3)):
        exact, found = (
            kind(kind.statistic(p).mean, RELATIVE)(f).item()
            for p, f in ((P.double(), F.double()), (P, F))
        )
        assert found == pytest.approx(exact, rel=near)
