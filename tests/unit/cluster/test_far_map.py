"""A map over workers: in order, with what lasts sent once, whatever becomes of them."""

import gc
from functools import partial

import pytest

pytest.importorskip("distributed", reason='pip install "impasto[cluster]"')

from impasto.cluster import FarMap, Hands
from impasto.cluster.far_map import AHEAD
from tests.support import far
from tests.support.far import Thing


@pytest.fixture(scope="module")
def two():
    with Hands.of(2, None).hired(0, 9) as workers:
        yield workers


def test_answers_come_in_the_order_of_the_items(two):
    each = FarMap(two, (Thing,))
    assert list(each(partial(far.add, Thing(10)), range(11))) == list(range(10, 21))
    assert list(each(partial(far.add, Thing(1)), [])) == []


def test_what_lasts_travels_once_and_stays_with_whom_has_seen_it(two):
    each, common = FarMap(two, (Thing,)), Thing("x" * 100_000)
    items = [Thing("y" * 50_000) for _ in range(6)]
    first = list(each(partial(far.see, common), items))
    sent = each.sent
    assert 500_000 <= sent < 520_000  # the common thing to two workers, each item to one
    second = list(each(partial(far.see, common), items))
    assert each.sent - sent < 20_000
    assert [seen for _, _, seen, _ in first] == [1] * 6
    assert [seen for _, _, seen, _ in second] == [2] * 6
    assert [pid for *_, pid in first] == [pid for *_, pid in second]
    assert sorted(seen for _, seen, _, _ in second)[-1] == 6
    assert max(seen for _, seen, _, _ in second) * 2 == 12


def test_parts_of_what_lasts_travel_by_themselves(two):
    each, part = FarMap(two, (Thing,)), Thing("x" * 100_000)
    for _ in range(3):
        list(each(partial(far.see, Thing(1)), [Thing(2, parts=[part]) for _ in range(2)]))
    assert each.sent < 230_000


def test_what_nobody_has_any_more_is_forgotten(two):
    each, common = FarMap(two, (Thing,)), Thing(1)
    for _ in range(3):
        list(each(partial(far.see, common), [Thing(n) for n in range(4)]))
        gc.collect()
    assert len(each.lasting.things) == 1
    assert set(each.lasting.parts) == set(each.lasting.things)
    list(each(partial(far.see, common), [Thing(n) for n in range(4)]))
    assert all(len(there) <= 2 + 2 + AHEAD for there in each.there.values())


def test_a_worker_that_is_killed_changes_nothing(two, tmp_path):
    each = FarMap(two, (Thing,))
    common = Thing(5)
    assert list(each(partial(far.add, common), range(4))) == list(range(5, 9))
    mark = str(tmp_path / "mark")
    assert list(each(partial(far.die_once, mark), range(8))) == list(range(8))
    # whoever has come in its place is sent what it lacks
    assert list(each(partial(far.add, common), range(8))) == list(range(5, 13))


def test_an_error_of_the_function_is_raised_here(two):
    with pytest.raises(ValueError, match="no 0"):
        list(FarMap(two, ())(far.fail, range(3)))


def test_two_maps_take_turns(two):
    one, other = FarMap(two, (Thing,)), FarMap(two, (Thing,))
    first, second = Thing(1), Thing(2)
    for _ in range(2):
        assert list(one(partial(far.add, first), [1, 2])) == [2, 3]
        assert list(other(partial(far.add, second), [1, 2])) == [3, 4]
