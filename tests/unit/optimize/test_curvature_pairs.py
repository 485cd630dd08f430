"""What L-BFGS remembers, and its two loops on coefficients, held to the textbook's on vectors."""

import pytest
import torch

from impasto.optimize import curvature_pairs as pairs
from impasto.optimize.curvature_pairs import CurvaturePairs

LENGTH = 50


def some_pairs(number: int, dtype=torch.float64) -> list[tuple[torch.Tensor, torch.Tensor]]:
    generator = torch.Generator().manual_seed(number)
    root = torch.randn(LENGTH, LENGTH, generator=generator, dtype=torch.float64)
    hessian = root @ root.T / LENGTH + torch.eye(LENGTH, dtype=torch.float64)
    steps = torch.randn(number, LENGTH, generator=generator, dtype=torch.float64)
    return [(s.to(dtype), (hessian @ s).to(dtype)) for s in steps]


def textbook(remembered, gradient, scale):
    """Nocedal and Wright (2006), algorithm 7.4, on whole vectors in float64."""
    remembered = [(s.double(), y.double()) for s, y in remembered]
    q, trail = gradient.double(), []
    for s, y in reversed(remembered):
        trail.append((s @ q) / (s @ y))
        q = q - trail[-1] * y
    q = scale * q
    for (s, y), a in zip(remembered, reversed(trail), strict=True):
        q = q + (a - (y @ q) / (s @ y)) * s
    return q


@pytest.mark.parametrize(("dtype", "error"), [(torch.float64, 1e-12), (torch.float32, 1e-5)])
@pytest.mark.parametrize("number", [1, 3, 4, 5, 11])
def test_the_loops_on_coefficients_are_those_on_vectors(number, dtype, error, monkeypatch):
    monkeypatch.setattr(pairs, "VECTOR_PIECE", 16)
    monkeypatch.setattr(pairs, "BLOCK", 4)
    kept, given = CurvaturePairs(history=4), some_pairs(number, dtype)
    for count, (s, y) in enumerate(given, start=1):
        kept.remember(s, y)
        g = torch.linspace(-1, 2, LENGTH, dtype=dtype) * count
        expected = textbook(given[max(0, count - 4) : count], g, 0.7)
        found = kept.apply(g, 0.7)
        assert found.dtype == dtype
        assert (found.double() - expected).norm() < error * expected.norm()


def test_vectors_in_16_bits_are_taken_as_they_are(monkeypatch):
    monkeypatch.setattr(pairs, "LARGE", LENGTH)
    monkeypatch.setattr(pairs, "VECTOR_PIECE", 16)
    monkeypatch.setattr(pairs, "BLOCK", 4)
    kept, given = CurvaturePairs(history=4), some_pairs(6, torch.float32)
    for s, y in given:
        kept.remember(s, y)
    g = torch.linspace(-1, 2, LENGTH)
    expected = textbook([(s.bfloat16(), y.bfloat16()) for s, y in given[-4:]], g, 0.7)
    assert (kept.apply(g, 0.7) - expected).norm() < 1e-5 * expected.norm()


class Halves:
    """Two blocks, both here."""

    names = (" 0", " 1")

    def split(self, vector):
        return torch.split(vector, [20, LENGTH - 20])

    def length(self, vector):
        return LENGTH

    def gather(self, parts):
        return parts


def test_vectors_in_blocks_are_as_whole_ones():
    divided, whole = CurvaturePairs(4, Halves()), CurvaturePairs(4)
    for s, y in some_pairs(6):
        divided.remember(s, y)
        whole.remember(s, y)
    g = torch.linspace(-1, 2, LENGTH, dtype=torch.float64)
    torch.testing.assert_close(divided.apply(g, 0.7), whole.apply(g, 0.7), rtol=1e-12, atol=0)
    again = CurvaturePairs(4, Halves())
    again.restore(divided.state())
    assert torch.equal(again.apply(g, 0.7), divided.apply(g, 0.7))


def test_without_pairs_the_gradient_is_scaled():
    g = torch.randn(5)
    torch.testing.assert_close(CurvaturePairs(4).apply(g, 3.0), 3 * g)


def test_the_oldest_makes_room():
    kept, given = CurvaturePairs(history=3), some_pairs(5)
    for s, y in given:
        kept.remember(s, y)
    assert len(kept) == 3
    for pair, (s, y) in zip(kept, given[2:], strict=True):
        assert torch.equal(*pair.s, s)
        assert torch.equal(*pair.y, y)
    assert torch.equal(*kept.newest.s, given[-1][0])


def test_a_pair_without_positive_curvature_takes_no_room():
    kept, given = CurvaturePairs(history=2), some_pairs(2)
    for s, y in given:
        kept.remember(s, y)
    kept.remember(given[0][0], -given[0][1])
    kept.remember(given[0][0], torch.zeros(LENGTH, dtype=torch.float64))
    kept.remember(given[0][0], given[0][1] * float("nan"))
    assert [torch.equal(*pair.s, s) for pair, (s, _) in zip(kept, given, strict=True)] == [True] * 2


def test_a_pair_that_is_refused_changes_nothing():
    kept, given = CurvaturePairs(history=3), some_pairs(2)
    for s, y in given:
        kept.remember(s, y)
    g = torch.ones(LENGTH, dtype=torch.float64)
    before = kept.apply(g, 0.7)
    kept.remember(given[0][0], -given[0][1])
    torch.testing.assert_close(kept.apply(g, 0.7), before)


def test_without_a_history_nothing_is_remembered():
    kept = CurvaturePairs(history=0)
    kept.remember(*some_pairs(1)[0])
    assert len(kept) == 0
    assert torch.equal(kept.apply(torch.ones(3), 1.0), torch.ones(3))


def test_after_forgetting_vectors_may_be_of_another_length_and_type():
    kept = CurvaturePairs(history=3)
    for s, y in some_pairs(3):
        kept.remember(s[:7], y[:7])
    kept.clear()
    given = some_pairs(2, torch.float32)
    for s, y in given:
        kept.remember(s, y)
    g = torch.ones(LENGTH)
    expected = textbook(given, g, 0.7)
    assert (kept.apply(g, 0.7) - expected).norm() < 1e-5 * expected.norm()


def test_after_forgetting_it_begins_anew():
    kept, given = CurvaturePairs(history=3), some_pairs(5)
    for s, y in given:
        kept.remember(s, y)
    g = torch.ones(LENGTH, dtype=torch.float64)
    kept.apply(g, 1.0)
    kept.clear()
    assert len(kept) == 0
    for s, y in given[:2]:
        kept.remember(s, y)
    torch.testing.assert_close(kept.apply(g, 0.7), textbook(given[:2], g, 0.7))


def test_products_that_nobody_asked_for_are_not_kept():
    kept, other, given = CurvaturePairs(history=4), CurvaturePairs(history=4), some_pairs(3)
    for s, y in given:
        kept.remember(s, y)
    memory = kept.state()
    assert "products" not in memory
    other.restore(memory)
    g = torch.ones(LENGTH, dtype=torch.float64)
    assert torch.equal(kept.apply(g, 0.7), other.apply(g, 0.7))


@pytest.mark.parametrize("number", [0, 1, 3, 4, 7])
def test_what_is_restored_goes_on_to_the_very_same_bits(number):
    given = some_pairs(number + 3, torch.float32)
    g = torch.linspace(-1, 2, LENGTH)
    kept, other = CurvaturePairs(history=4), CurvaturePairs(history=4)
    for s, y in given[:number]:
        kept.remember(s, y)
        kept.apply(g, 0.7)
    other.remember(g.bfloat16()[:9], g.bfloat16()[:9])  # to be forgotten
    memory = {k: v.clone() if isinstance(v, torch.Tensor) else v for k, v in kept.state().items()}
    other.restore(memory)
    for s, y in given[number:]:
        assert torch.equal(kept.apply(g, 0.7), other.apply(g, 0.7))
        kept.remember(s, y)
        other.remember(s, y)


def test_small_pairs_stay_as_they_are():
    assert pairs.kept_type(pairs.LARGE - 1, torch.float32) == torch.float32
    assert pairs.kept_type(pairs.LARGE, torch.float32) == torch.bfloat16
    assert pairs.kept_type(3 * 1300 * 1000, torch.float32) == torch.float32
    assert pairs.kept_type(3 * 1400 * 1000, torch.float32) == torch.bfloat16


def test_products_go_piece_by_piece(monkeypatch):
    a, b = torch.randn(1000).bfloat16(), torch.randn(1000)
    whole = float(a.double() @ b.double())
    monkeypatch.setattr(pairs, "VECTOR_PIECE", 64)
    assert pairs.dot(a, b) == pytest.approx(whole, rel=1e-5)


def spoiled(memory, **changes):
    return {key: value for key, value in (memory | changes).items() if value is not None}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"pairs": 5}, ValueError),  # more than its history
        ({"pairs": -1}, ValueError),
        ({"oldest": 3}, ValueError),
        ({"oldest": -1}, ValueError),
        ({"s 1": torch.ones(LENGTH - 1)}, ValueError),
        ({"s 1": torch.ones(LENGTH - 1), "y 1": torch.ones(LENGTH - 1)}, ValueError),
        ({"s 0": torch.ones(LENGTH, 1), "y 0": torch.ones(LENGTH, 1)}, ValueError),
        ({"products": torch.ones(4, 4)}, ValueError),
        ({"s 2": None}, KeyError),
        ({"pairs": None}, KeyError),
        ({"y 0": 1.0}, TypeError),
        ({"measures 0": torch.zeros(3)}, ValueError),
        ({"measures 2": torch.ones(2)}, ValueError),
        ({"measures 2": None}, KeyError),
        ({"s 1": torch.full((LENGTH,), torch.nan)}, ValueError),
    ],
)
def test_parts_that_do_not_belong_together_are_refused(changes, error):
    kept = CurvaturePairs(history=4)
    for s, y in some_pairs(3):
        kept.remember(s, y)
    kept.apply(torch.ones(LENGTH, dtype=torch.float64), 0.7)
    memory = spoiled(kept.state())
    CurvaturePairs(history=4).restore(dict(memory))
    with pytest.raises(error):
        CurvaturePairs(history=4).restore(
            spoiled(
                memory, **{k: v.double() if torch.is_tensor(v) else v for k, v in changes.items()}
            )
        )


def test_a_pair_counts_from_a_cosine_of_1e_10_on():
    """Whatever the lengths: an objective may be scaled by any factor."""
    s = torch.tensor([1.0, 0.0], dtype=torch.float64)
    for cosine, kept in ((1.1e-10, 1), (0.9e-10, 0)):
        for length in (1e-9, 1e9):
            pairs_ = CurvaturePairs(history=2)
            pairs_.remember(s, length * torch.tensor([cosine, 1.0], dtype=torch.float64))
            assert len(pairs_) == kept
