"""Style terms that pull by their shares."""

import pytest

from impasto import stylize
from impasto.losses import Loss
from impasto.objective import IMAGE, Kind, Term, balanced
from impasto.objective.balance import LARGEST_CHANGE
from impasto.samples import painting, photograph
from impasto.settings import Settings
from tests.support.narrow_networks import both, narrow_vgg19, picture


def test_balanced_terms_pull_by_their_shares():
    objective, _ = both(narrow_vgg19(), 64, 80, 32, style_layers="relu1_1:3,relu2_1:1,relu3_1:1")
    image = picture(64, 80, seed=3)

    def pulls(of):
        terms = [term for term in of.terms if term.kind is Kind.STYLE]
        return [of.with_terms([term])(image).gradient.norm().item() for term in terms]

    before, after = pulls(objective), pulls(balanced(objective, image))
    assert sum(after) == pytest.approx(sum(before), rel=1e-6)
    assert [pull / sum(after) for pull in after] == pytest.approx([0.6, 0.2, 0.2], rel=1e-6)
    assert [pull / sum(before) for pull in before] != pytest.approx([0.6, 0.2, 0.2], rel=0.1)


def test_balance_keeps_other_terms_and_bounds_its_factors():
    objective, _ = both(narrow_vgg19(), 64, 80, 32, style_layers="relu1_1:1,relu5_1:1e-6")
    new = balanced(objective, picture(64, 80, seed=3))
    assert [t.name for t in new.terms] == [t.name for t in objective.terms]
    for old, term in zip(objective.terms, new.terms, strict=True):
        if term.kind is not Kind.STYLE:
            assert term.weight == old.weight
        assert 1 / LARGEST_CHANGE <= term.weight / old.weight <= LARGEST_CHANGE


def test_in_tiles_the_weights_are_those_of_the_whole():
    entire, in_tiles = both(narrow_vgg19(), 130, 97, 64)
    image = picture(130, 97, seed=3)
    expected = balanced(entire, image).weights
    assert balanced(in_tiles, image).weights == pytest.approx(expected, rel=1e-9)
    assert expected != entire.weights


class Nothing(Loss):
    def __call__(self, features, mask=None):
        return 0 * features.sum()


def test_a_term_that_does_not_pull_keeps_its_weight():
    objective, _ = both(narrow_vgg19(), 64, 80, 32)
    still = Term("style none", Kind.STYLE, 3.0, ("relu1_1",), Nothing())
    new = balanced(objective.with_terms([*objective.terms, still]), picture(64, 80, seed=3))
    assert new.terms[-1] == still


class Steep(Loss):
    """A loss whose gradient is not finite."""

    def __init__(self, slope):
        self.slope = slope

    def __call__(self, features, mask=None):
        return self.slope * features.sum()


@pytest.mark.parametrize("slope", [float("inf"), float("nan")])
def test_where_a_pull_is_not_finite_every_term_keeps_its_weight(slope):
    objective, _ = both(narrow_vgg19(), 64, 80, 32)
    steep = Term("style steep", Kind.STYLE, 3.0, (IMAGE,), Steep(slope))
    terms = [*objective.terms, steep]
    new = balanced(objective.with_terms(terms), picture(64, 80, seed=3))
    assert [term.weight for term in new.terms] == [term.weight for term in terms]


def test_balance_is_a_setting():
    pictures = photograph("cat"), painting("dots")
    plain, even = (
        stylize(*pictures, size=64, iterations=3, levels=1, balance=balance, backbone="pocket")
        for balance in (False, True)
    )
    assert plain.history[0].parts != even.history[0].parts
    assert Settings(balance="true", backbone="pocket").balance
