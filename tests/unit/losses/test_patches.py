import pytest
import torch

from impasto.losses import PatchLoss
from impasto.losses.patches import cut
from impasto.normalization import NORMALIZATIONS

RELATIVE = NORMALIZATIONS["relative"].style


def test_patches_find_themselves_wherever_they_are():
    painting_map = torch.randn(1, 5, 9, 9, generator=torch.Generator().manual_seed(1)).double()
    loss = PatchLoss.from_features([painting_map], [1.0], RELATIVE)
    assert loss(painting_map[:, :, 2:7, 3:8]).item() == 0
    assert loss.match(painting_map).flatten().tolist() == list(range(49))
    other = torch.randn(1, 5, 9, 9, generator=torch.Generator().manual_seed(2)).double()
    assert loss(other).item() > 0.01


def test_patches_are_taken_evenly_and_by_weight():
    maps = [torch.full((1, 2, 60, 60), float(value)) for value in (1, 2, 3)]
    kept = PatchLoss.from_features(maps, [2.0, 1.0, 0.0], RELATIVE).patches[:, 0, 0, 0]
    assert {value: int((kept == value).sum()) for value in (1, 2, 3)} == {1: 512, 2: 256, 3: 0}
    assert len(cut(maps[0], 10)) == 10
    assert len(cut(maps[0][..., :4, :5], 10**6)) == 6


def by_hand(F: torch.Tensor, patches: torch.Tensor) -> float:
    """The mean square of the distance to the patch of the largest normalized correlation."""
    flat, total, places = patches.flatten(1), 0.0, 0
    for y in range(F.shape[2] - 2):
        for x in range(F.shape[3] - 2):
            patch = F[0, :, y : y + 3, x : x + 3].flatten()
            nearest = flat[int((flat @ patch / flat.norm(dim=1)).argmax())]
            total, places = total + (patch - nearest).square().sum().item(), places + 1
    return total / places


def test_it_is_a_tenth_of_the_mean_distance_over_the_mean_energy_of_the_styles_patches():
    style, F = (
        torch.randn(1, 4, *shape, generator=torch.Generator().manual_seed(seed)).double()
        for seed, shape in enumerate([(6, 7), (8, 5)])
    )
    loss = PatchLoss.from_features([style], [1.0], RELATIVE)
    energy = loss.patches.square().flatten(1).sum(dim=1).mean().item()
    assert loss(F).item() == pytest.approx(0.1 * by_hand(F, loss.patches) / energy, rel=1e-9)


def test_wide_maps_are_matched_a_few_rows_at_a_time_with_the_same_result(monkeypatch):
    style, F = (
        torch.randn(1, 4, 9, 11, generator=torch.Generator().manual_seed(seed)) for seed in (1, 2)
    )
    loss = PatchLoss.from_features([style], [1.0], RELATIVE)
    at_once = loss.match(F)
    assert at_once.shape == (7, 9)
    for positions in (1, 20, 30):  # one row of 9, two, three
        monkeypatch.setattr("impasto.losses.patches._ROWS", positions)
        assert torch.equal(loss.match(F), at_once)


def test_a_few_patches_are_the_middles_of_as_many_equal_stretches():
    """Of the 6 x 8 places of 3 x 3 in rows, one after the other."""
    places = torch.arange(80.0).view(1, 1, 8, 10)
    corners = torch.arange(80).view(8, 10)[:6, :8].flatten()
    for count, step in ((4, 12), (6, 8), (48, 1)):
        expected = corners[step // 2 :: step]
        assert cut(places, count)[:, 0, 0, 0].tolist() == expected.tolist()
    assert len(cut(places, 0)) == 1  # of a style that hardly counts, one
