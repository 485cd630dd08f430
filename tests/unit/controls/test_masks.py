import numpy as np
import pytest

from impasto.controls.masks import color_parts, is_colored, regions
from impasto.errors import SettingsError
from impasto.images import Picture

HEIGHT, WIDTH = 40, 60


def paper(red: float = 0, green: float = 0, blue: float = 0) -> Picture:
    rgb = np.empty((HEIGHT, WIDTH, 3), np.float32)
    rgb[:] = (red, green, blue)
    return Picture(rgb)


def halves(left: tuple[float, ...], right: tuple[float, ...], height: int = HEIGHT) -> Picture:
    rgb = np.empty((height, WIDTH, 3), np.float32)
    rgb[:, : WIDTH // 2], rgb[:, WIDTH // 2 :] = left, right
    return Picture(rgb)


WHITE, BLACK, RED, BLUE, GREEN = (1, 1, 1), (0, 0, 0), (1, 0, 0), (0, 0, 1), (0, 1, 0)
PHOTO = paper(0.5)
LEFT, RIGHT = halves(WHITE, BLACK), halves(BLACK, WHITE)


def named(content, style, paintings=1):
    found = regions(content, style, PHOTO, [PHOTO] * paintings)
    return {region.name: region for region in found}


def test_without_masks_there_are_no_regions():
    assert named([], []) == {}


def test_one_gray_mask_is_painted_with_all_paintings():
    (region,) = named([halves(WHITE, (0.25,) * 3)], [], paintings=3).values()
    assert region.name == ""
    assert region.styles == {0: None, 1: None, 2: None}
    assert region.content[0, 0] == 1
    assert region.content[0, -1] == 0.25


def test_gray_masks_are_painted_with_one_painting_each():
    found = named([LEFT, RIGHT], [], paintings=2)
    assert {name: list(region.styles) for name, region in found.items()} == {"1": [0], "2": [1]}
    np.testing.assert_array_equal(found["1"].content + found["2"].content, 1)


def test_gray_style_masks_choose_parts_of_one_painting_or_one_part_of_each():
    one = named([LEFT, RIGHT], [RIGHT, LEFT], paintings=1)
    assert [list(region.styles) for region in one.values()] == [[0], [0]]
    assert one["1"].styles[0][0, 0] == 0
    each = named([LEFT, RIGHT], [RIGHT, LEFT], paintings=2)
    assert [list(region.styles) for region in each.values()] == [[0], [1]]
    (single,) = named([LEFT], [RIGHT, LEFT], paintings=2).values()
    assert list(single.styles) == [0, 1]


def test_colors_meet_their_own_color_and_black_stays():
    found = named([halves(RED, BLACK)], [halves(BLUE, RED)])
    (region,) = found.values()
    assert region.content[0, 0] == 1
    assert region.content[0, -1] == 0
    assert region.styles[0][0, 0] == 0
    assert region.styles[0][0, -1] == 1
    both = named([halves(RED, BLUE)], [halves(BLUE, RED), paper(1)], paintings=2)
    assert list(both["red"].styles) == [0, 1]
    assert list(both["blue"].styles) == [0]


def test_colors_without_style_masks_take_the_paintings_in_the_order_of_the_colors():
    found = named([halves(BLUE, RED)], [], paintings=2)
    assert {name: list(region.styles) for name, region in found.items()} == {
        "red": [0],
        "blue": [1],
    }


def test_a_soft_border_between_two_colors_is_no_third_color():
    mask = halves(RED, GREEN)
    mask.rgb[10, WIDTH // 2] = (0.6, 0.6, 0)
    assert list(color_parts(mask)) == ["red", "green"]
    noise = np.random.default_rng(0).uniform(-0.2, 0.2, mask.rgb.shape).astype(np.float32)
    parts = color_parts(Picture(np.clip(mask.rgb + noise, 0, 1)))
    assert list(parts) == ["red", "green"]
    assert parts["red"].mean() == pytest.approx(0.5, abs=0.01)


def test_the_noise_of_a_jpeg_does_not_color_a_gray_mask():
    noise = np.random.default_rng(0).uniform(0, 0.1, LEFT.rgb.shape).astype(np.float32)
    assert not is_colored(Picture(np.clip(LEFT.rgb + noise, 0, 1)))
    assert is_colored(halves(RED, BLACK))


def transparent_right(mask: Picture, alpha: float = 0) -> Picture:
    cover = np.ones((HEIGHT, WIDTH), np.float32)
    cover[:, WIDTH // 2 :] = alpha
    return Picture(mask.rgb, cover)


def test_what_is_transparent_belongs_to_no_region():
    (region,) = named([transparent_right(paper(1, 1, 1))], []).values()
    assert region.content[0, 0] == 1
    assert region.content[0, -1] == 0
    (soft,) = named([transparent_right(paper(1, 1, 1), 0.25)], []).values()
    assert soft.content[0, -1] == 0.25
    (style,) = named([LEFT], [transparent_right(paper(1, 1, 1))]).values()
    assert style.styles[0][0, -1] == 0


def test_a_transparent_color_belongs_to_no_region():
    for alpha in (0, 0.3):  # the second is nearer to black than to red
        parts = color_parts(transparent_right(paper(1), alpha))
        assert list(parts) == ["red"]
        assert parts["red"][0, -1] == 0
    assert color_parts(transparent_right(paper(1), 0.7))["red"][0, -1] == 1
    # Hidden colors color no gray mask.
    assert not is_colored(transparent_right(halves(WHITE, RED)))


@pytest.mark.parametrize(
    ("content", "style", "paintings", "sentence"),
    [
        ([], [LEFT], 1, "style_mask is given without content_mask"),
        ([paper()], [], 1, "region 1 of the content mask is empty"),
        ([LEFT, paper()], [], 2, "region 2 of the content mask is empty"),
        ([LEFT], [paper()], 1, "style mask 1 is empty"),
        ([LEFT, RIGHT], [], 1, "2 regions (1, 2) and there is 1 style picture"),
        ([halves(RED, BLUE)], [], 3, "2 regions (red, blue) and there are 3 style pictures"),
        ([halves(RED, BLUE)], [halves(RED, GREEN)], 1, "region blue of the content mask is in no"),
        ([halves(RED, BLUE)], [halves(RED, BLUE)], 2, "style_mask has 1 pictures: give 2"),
        ([halves(RED, BLUE)], [LEFT], 1, "a style mask is gray"),
        ([LEFT], [halves(RED, BLUE)], 1, "a color mask stands beside"),
        ([halves(RED, BLUE), LEFT], [], 2, "a color mask stands beside"),
        ([LEFT, RIGHT], [LEFT], 1, "style_mask has 1 pictures: give 2"),
        ([LEFT, RIGHT], [LEFT, RIGHT, LEFT], 3, "2 content masks for 3 style pictures"),
        ([halves(WHITE, BLACK, height=20)], [], 1, "content mask 1 has 60 x 20 pixels"),
        ([LEFT], [halves(WHITE, BLACK, height=90)], 1, "style mask 1 has 60 x 90 pixels"),
    ],
)
def test_what_does_not_fit_is_named(content, style, paintings, sentence):
    with pytest.raises(SettingsError) as caught:
        named(content, style, paintings)
    assert sentence in str(caught.value)
    assert str(caught.value).endswith(".")
