from itertools import pairwise

import pytest
import torch

from impasto.job.initializers import blend, content, gray, noise, sprinkle, style, white
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


PHOTOGRAPH = torch.rand(1, 3, 20, 30, generator=torch.Generator().manual_seed(1))


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_content_is_the_photograph():
    assert torch.equal(content(PHOTOGRAPH, [], generator()), PHOTOGRAPH)


def test_noise_depends_on_the_seed_alone():
    first = noise(PHOTOGRAPH, [], generator(3))
    assert torch.equal(first, noise(PHOTOGRAPH * 0, [], generator(3)))
    assert not torch.equal(first, noise(PHOTOGRAPH, [], generator(4)))
    large = noise(torch.zeros(1, 3, 100, 100), [], generator())
    assert large.mean().item() == pytest.approx(0.5, abs=0.01)
    assert large.std().item() == pytest.approx(0.25, abs=0.01)


@pytest.mark.parametrize("shape", [(11, 50), (70, 13), (20, 30), (1, 90)])
def test_style_covers_the_photograph_without_changing_its_proportions(shape):
    height, width = shape
    painting = torch.linspace(0, 1, width).expand(1, 3, height, width)
    start = style(PHOTOGRAPH, [painting], generator())
    assert start.shape == PHOTOGRAPH.shape
    assert (start.diff(dim=3) >= -1e-5).all()  # still a ramp from left to right


def test_plain_paper_and_the_blend():
    painting = torch.rand(1, 3, 20, 30)
    assert (gray(PHOTOGRAPH, [], generator()) == 0.5).all()
    assert (white(PHOTOGRAPH, [], generator()) == 1).all()
    mixed = blend(PHOTOGRAPH, [painting], generator())
    expected = (PHOTOGRAPH + style(PHOTOGRAPH, [painting], generator())) / 2
    torch.testing.assert_close(mixed, expected)


def test_noise_is_mixed_in_by_its_share():
    assert sprinkle(PHOTOGRAPH, 0, generator()) is PHOTOGRAPH
    whole = sprinkle(PHOTOGRAPH, 1, generator(7))
    torch.testing.assert_close(whole, noise(PHOTOGRAPH, [], generator(7)))
    tenth = sprinkle(PHOTOGRAPH, 0.1, generator(7))
    torch.testing.assert_close(tenth, 0.9 * PHOTOGRAPH + 0.1 * whole)


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
