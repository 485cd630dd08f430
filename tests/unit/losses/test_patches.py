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
