"""Each property quotes the sentence that it checks."""

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from impasto.losses import ContentLoss, GramLoss
from impasto.normalization import NORMALIZATIONS
from impasto.settings import Settings
from impasto.statistics import blend, gram

ROUNDING = 1e-25
"""Of a sum of squares: what float64 leaves of a difference of equals, squared."""


@st.composite
def feature_maps(draw: st.DrawFn) -> Tensor:
    channels, height, width = (draw(st.integers(1, 6)) for _ in range(3))
    seed, scale = draw(st.integers(0, 2**31)), draw(st.sampled_from([1e-2, 1.0, 1e3]))
    generator = torch.Generator().manual_seed(seed)
    return scale * torch.randn(
        (1, channels, height, width), generator=generator, dtype=torch.float64
    )


class TestGram:
    """`gram`: total (C, C), symmetric and positive semidefinite."""

    @given(feature_maps())
    def test_is_symmetric_but_for_rounding(self, F):
        G = gram(F).total
        # Some processors sum the two triangles in different orders.
        torch.testing.assert_close(G, G.T, rtol=0, atol=1e-13 * float(G.trace()))

    @given(feature_maps())
    def test_is_positive_semidefinite(self, F):
        G = gram(F).total
        assert torch.linalg.eigvalsh(G).min() >= -1e-9 * G.trace()

    @given(feature_maps(), st.randoms(use_true_random=False))
    def test_positions_are_forgotten(self, F, random):
        order = list(range(F[0, 0].numel()))
        random.shuffle(order)
        shuffled = F.flatten(2)[..., order].view_as(F)
        torch.testing.assert_close(gram(shuffled).total, gram(F).total)

    @given(feature_maps(), st.integers(0, 6))
    def test_adds_up_over_tiles(self, F, cut):
        cut = min(cut, F.shape[3])
        tiles = gram(F[..., :cut]) + gram(F[..., cut:])
        torch.testing.assert_close(tiles.total, gram(F).total)
        assert tiles.positions == gram(F).positions

    @given(feature_maps(), st.lists(st.floats(0.1, 9), min_size=1, max_size=4))
    def test_a_blend_of_equals_is_their_mean(self, F, weights):
        torch.testing.assert_close(blend([gram(F)] * len(weights), weights), gram(F).mean)


class TestLosses:
    """A loss is zero at its own target, and never negative."""

    @given(feature_maps(), st.sampled_from(sorted(NORMALIZATIONS)))
    def test_is_zero_at_the_target_and_nowhere_negative(self, F, name):
        norm = NORMALIZATIONS[name]
        for loss in (ContentLoss(F, norm.content), GramLoss(gram(F).mean, norm.style)):
            assert loss(F) <= ROUNDING * loss(torch.zeros_like(F))
            assert loss(F + F.std(correction=0) + 1).item() >= 0


layer_weights = st.dictionaries(
    st.sampled_from(["relu1_1", "relu2_1", "relu3_1", "relu5_1"]), st.floats(0.01, 1e3), min_size=1
)


class TestSettings:
    """Settings go to JSON and back unchanged."""

    @given(
        size=st.integers(16, 32768),
        style_weight=st.none() | st.floats(0.001, 1e9),
        style_layers=st.none() | layer_weights,
        style_blend=st.lists(st.floats(0.01, 1e6), max_size=4),
        seed=st.integers(0, 2**63 - 1),
        levels=st.none() | st.integers(1, 12),
        keep_alpha=st.booleans(),
    )
    def test_they_come_back(self, **values):
        original = Settings(**values)
        for some in (original, original.completed()):
            assert Settings.from_dict(some.to_dict()) == some
