"""How large the pictures of a painting are, and how small ones are padded and cut again."""

import pytest
import torch

from impasto.job.sizes import Sizes


def sizes(content=(30, 40), styles=((30, 40),), style_scale=(1.0,), minimum_side=1) -> Sizes:
    return Sizes(content=content, styles=styles, style_scale=style_scale, minimum_side=minimum_side)


def test_shapes_are_height_and_width_in_the_files_proportions():
    landscape = sizes(content=(300, 400), styles=((100, 50), (30, 60)))
    assert landscape.shape(64) == (48, 64)
    assert landscape.style_shapes(64) == [(64, 32), (32, 64)]


def test_one_style_scale_is_for_all_and_several_are_one_for_each():
    styles = ((100, 50), (30, 60))
    assert sizes(styles=styles, style_scale=(1.5,)).style_sizes(64) == [96, 96]
    assert sizes(styles=styles, style_scale=(0.5, 2.0)).style_sizes(64) == [32, 128]
    assert sizes(style_scale=(0.001,)).style_sizes(64) == [1]


@pytest.mark.parametrize(("height", "width", "least"), [(1, 2, 7), (3, 5, 12), (4, 9, 8)])
def test_what_is_too_small_goes_on_as_in_mirrors_on_all_sides(height, width, least):
    """Of a row a b c, in mirrors whose border pixels are doubled: … c b a | a b c | c b a …"""
    image = torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(1))
    padded = sizes(minimum_side=least).pad(image)
    assert padded.shape[2:] == (max(height, least), max(width, least))
    top, left = (max(least - side, 0) // 2 for side in (height, width))
    for y in range(padded.shape[2]):
        for x in range(padded.shape[3]):
            rows, columns = ([*range(side), *reversed(range(side))] for side in (height, width))
            row, column = rows[(y - top) % len(rows)], columns[(x - left) % len(columns)]
            assert torch.equal(padded[..., y, x], image[..., row, column])


def test_what_is_large_enough_is_not_padded():
    image = torch.rand(1, 3, 8, 9)
    assert sizes(minimum_side=8).pad(image) is image
    one = torch.rand(1, 3, 1, 1)
    assert Sizes(content=(1, 1), styles=(), style_scale=(1.0,)).pad(one) is one


@pytest.mark.parametrize("least", [1, 12, 31])
@pytest.mark.parametrize("content", [(30, 40), (40, 3)])
def test_to_cut_is_to_take_off_what_was_padded(content, least):
    geometry = sizes(content=content, minimum_side=least)
    image = torch.rand(1, 3, *geometry.shape(16))
    padded = geometry.pad(image)
    assert min(padded.shape[2:]) >= least
    assert torch.equal(geometry.cut(padded, 16), image)
