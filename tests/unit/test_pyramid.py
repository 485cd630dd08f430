from itertools import pairwise

import pytest

from impasto.pyramid import COARSEST, SMALLEST, holding, plan


@pytest.mark.parametrize(
    ("size", "sizes"),
    [
        (512, [128, 256, 512]),
        (700, [175, 350, 700]),
        (255, [128, 255]),
        (230, [230]),
        (256, [128, 256]),
        (64, [64]),
        (4096, [128, 256, 512, 1024, 2048, 4096]),
        (1001, [125, 250, 500, 1001]),
    ],
)
def test_sizes_are_halved_while_they_stay_above_the_coarsest(size, sizes):
    assert [level.size for level in plan(size, 10)] == sizes


def test_the_last_level_has_what_was_asked_for():
    levels = plan(1024, 37)
    assert (levels[-1].size, levels[-1].evaluations) == (1024, 37)
    assert all(a.evaluations >= b.evaluations for a, b in pairwise(levels))


def test_the_number_of_levels_can_be_chosen():
    assert [level.size for level in plan(512, 10, levels=1)] == [512]
    assert [level.size for level in plan(512, 10, levels=5)] == [32, 64, 128, 256, 512]
    assert min(level.size for level in plan(COARSEST, 10, levels=12)) >= SMALLEST


@pytest.mark.parametrize("size", [512, 1024, 2048, 2000, 600, 363])
def test_a_large_picture_that_holds_its_look_goes_on_from_the_small_one(size):
    small, large = holding(size // 2, 100), holding(size, 100)
    assert [level.evaluations for level in large[: len(small)]] == [
        level.evaluations for level in small
    ]
    assert [level.size for level in large] == [level.size for level in plan(size, 100)]
    assert 15 <= large[-1].evaluations <= 50


def test_up_to_256_pixels_a_held_look_is_the_usual_one():
    for size in (16, 100, 128, 256, 300):
        assert holding(size, 100) == plan(size, 100)
    assert holding(2048, 5)[-1].evaluations == 5
