"""What a painting costs, before the work: evaluations times pixels."""

from dataclasses import replace

import pytest

from impasto.errors import SettingsError
from impasto.images import MAX_PIXELS
from impasto.job.estimate import Estimate, extent_of
from impasto.job.resources import Cost, Extent, peak
from impasto.job.sizes import Sizes
from impasto.losses import BYTES_PER_PIXEL
from impasto.optimize.curvature_pairs import LARGE
from impasto.pyramid import Level
from impasto.settings import Settings

LEVELS = (Level(100, 30), Level(200, 20))
"""With pictures of 100 x 50 and 200 x 100 pixels."""

COST = Cost(1000.0, 1e-6, 8.0)


def sizes(height=1000, width=2000, styles=((600, 600),), style_scale=(1.0,)) -> Sizes:
    return Sizes(content=(height, width), styles=styles, style_scale=style_scale)


def estimate(tile=0, margin=10, overhead=0.0) -> Estimate:
    return Estimate(
        levels=LEVELS,
        sizes=sizes(),
        extent=Extent((100, 200), (100, 200), 20),
        cost=replace(COST, overhead=overhead),
        tile=tile,
        margin=margin,
    )


def test_without_tiles_the_time_is_that_of_all_pixels_of_all_evaluations():
    """The targets of a size take as long as one more."""
    assert estimate().seconds == pytest.approx(1e-6 * (31 * 100 * 50 + 21 * 200 * 100))


def test_what_every_evaluation_takes_counts_as_pixels():
    pixels = 31 * (100 * 50 + 3000) + 21 * (200 * 100 + 3000)
    assert estimate(overhead=3000).seconds == pytest.approx(1e-6 * pixels)


def test_tiles_run_forward_twice_and_back_once_with_their_margins():
    """A size that fits into one tile is not divided."""
    margins = (1 + 2 * 10 / 100) ** 2
    tiled = 31 * 100 * 50 + 21 * 200 * 100 * 1.5 * margins
    assert estimate(tile=100).seconds == pytest.approx(1e-6 * tiled)
    assert estimate(tile=200).seconds == estimate().seconds
    each = 1.5 * 2 * 3000  # of the two tiles
    assert estimate(tile=100, overhead=3000).seconds == pytest.approx(
        1e-6 * (tiled + 31 * 3000 + 21 * each)
    )


def test_the_share_of_the_work_that_is_done_rises_to_one():
    whole = 31 * 5000 + 21 * 20000
    assert estimate().share(100, 0) == pytest.approx(5000 / whole)  # its targets
    assert estimate().share(100, 6) == pytest.approx(7 * 5000 / whole)
    assert estimate().share(100, 30) == pytest.approx(31 * 5000 / whole)
    assert estimate().share(200, 5) == pytest.approx((31 * 5000 + 6 * 20000) / whole)
    assert estimate().share(200, 20) == 1
    assert estimate().share(200, 25) == 1  # a run that was given more evaluations


def test_the_memory_is_the_peak_of_its_extent():
    one = estimate(tile=64)
    assert one.memory == peak(one.extent, COST, 64, 10)
    assert one.memory < estimate().memory


def extent(geometry: Sizes, **settings) -> Extent:
    precision = settings.pop("precision", "float32")
    chosen = Settings(**settings).resolved(device="cpu", precision=precision, threads=1)
    return extent_of(chosen, geometry)


def test_the_extent_knows_result_and_the_largest_picture():
    same = extent(sizes(), size=400)
    assert (same.result, same.largest) == ((200, 400), (400, 400))
    larger = extent(sizes(styles=((600, 300), (300, 600)), style_scale=(0.25, 2.0)), size=400)
    assert (larger.result, larger.largest) == ((200, 400), (400, 800))
    smaller = extent(sizes(style_scale=(0.25,)), size=400)
    assert smaller.largest == (200, 400)


@pytest.mark.parametrize(("precision", "bytes_"), [("float32", 4), ("bfloat16", 4), ("float64", 8)])
def test_a_value_has_four_bytes_or_eight(precision, bytes_):
    assert extent(sizes(), size=400, precision=precision).value == bytes_


def test_l_bfgs_keeps_two_vectors_for_each_step_and_adam_two():
    for optimizer in ("lbfgsb", "lbfgs", "lbfgs-wolfe"):
        assert extent(sizes(), size=400, optimizer=optimizer, history=7).vectors == 14
    assert extent(sizes(), size=400, optimizer="adam", history=7).vectors == 2


def test_large_vectors_are_kept_in_half_the_bytes_unless_they_are_float64():
    """Of 3 values for each pixel; a picture of side n has n / 2 rows here."""
    side = next(n for n in range(0, 10_000, 2) if 3 * n * n // 2 >= LARGE)
    small, large = (extent(sizes(), size=n, history=10) for n in (side - 2, side))
    assert (small.vectors, large.vectors) == (20, 10)
    assert extent(sizes(), size=side, history=10, precision="float64").vectors == 20


def test_photorealism_takes_memory_for_each_pixel():
    assert extent(sizes(), size=400).image_terms == 0
    with_it = extent(sizes(), size=400, photoreal_weight=1.0)
    assert with_it.image_terms == BYTES_PER_PIXEL


def test_a_picture_larger_than_can_be_written_is_refused():
    """One of 20000 x 10000 is the largest; a style picture is a picture, too."""
    assert MAX_PIXELS == 20000 * 10000
    small = sizes(1000, 2000, style_scale=(0.1,))
    assert extent(small, size=20000).result == (10000, 20000)
    with pytest.raises(SettingsError, match="20002 x 10001 pixels: at most 200 million"):
        extent(small, size=20002)
    with pytest.raises(SettingsError, match=r"16000 x 16000 .* lower size or style_scale"):
        extent(sizes(1000, 2000, style_scale=(0.8,)), size=20000)
