"""A picture in strips: any number of ranks gives the same, which is what one process gives."""

import pytest
import torch
import torch.nn.functional as nnf
from PIL import Image

from impasto.job import prepare
from impasto.optimize import State
from impasto.ranks import Strips, make_objective_of_strips, paint_in_strips, strips_of
from impasto.ranks.strips import as_image, as_rows, enlarged
from impasto.settings import Settings
from impasto.transfer import paint
from tests.scenes import scene, strokes
from tests.support.objectives import objective_at
from tests.support.ranks import on_ranks

SMALL = {
    "size": 112, "plan": "112:10", "tile": 32, "backbone": "pocket", "threads": 1, "history": 4,
    "precision": "float64", "protect_faces": 0, "tv_weight": 3, "style_scale": 0.5,
}  # fmt: skip
"""Bands of 32 rows, half as high as the margins of the network."""


def some_image(height, width, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.rand((1, 3, height, width), generator=generator, dtype=torch.float64)


def mine(strips, image):
    return as_rows(image[:, :, strips.start : strips.stop])


def run_on_ranks(ranks, photograph, painting):
    """All that is compared, of one group of ranks."""
    job = prepare(photograph, painting, Settings(**SMALL))
    strips = strips_of(job, ranks, 112)
    image = some_image(*strips.shape)
    content = strips.read(job.content.over_white())
    found = make_objective_of_strips(job, strips, content, 112)(mine(strips, image))
    steps = [(step.total, step.image) for step in paint_in_strips(ranks, job, State())]

    bands = strips.share(mine(strips, image))
    generator = torch.Generator().manual_seed(ranks.rank)
    there = [torch.rand(b.pixels.shape, generator=generator, dtype=torch.float64) for b in bands]
    one = sum(float((band.pixels * t).sum()) for band, t in zip(bands, there, strict=True))
    other = float((mine(strips, image) * strips.collect(there)).sum())

    coarse = Strips(ranks, (37, 50), [s for s in strips.spans if s.start < 37], strips.dtype)
    fine = enlarged(mine(coarse, some_image(37, 50, 3)), coarse, strips)
    return {
        "parts": found.parts,
        "gradient": found.gradient,
        "losses": [total for total, _ in steps],
        "image": steps[-1][1],
        "margins": [(band.rows, band.pixels) for band in bands],
        "products": (one, other),
        "enlarged": fine,
    }


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A photograph and a painting."""
    folder = tmp_path_factory.mktemp("pictures")
    Image.fromarray(scene(12, 56)).save(folder / "photo.png")
    Image.fromarray(strokes(60, 70)).save(folder / "painting.png")
    return folder / "photo.png", folder / "painting.png"


@pytest.fixture(scope="module")
def found(files):
    """What 1, 2 and 4 ranks have."""
    return {count: on_ranks(count, run_on_ranks, *files) for count in (1, 2, 4)}


@pytest.fixture(scope="module")
def job(files):
    return prepare(*files, Settings(**SMALL))


def whole(ranks, what):
    return as_image(torch.cat([each[what] for each in ranks]))


def test_loss_and_gradient_are_those_of_one_process(found, job):
    for ranks in found.values():
        image = whole(ranks, "gradient")
        expected = objective_at(job, 112)(some_image(*image.shape[2:]))
        for each in ranks:
            assert each["parts"] == pytest.approx(expected.parts, rel=1e-12)
        assert (image - expected.gradient).norm() < 1e-12 * expected.gradient.norm()


def test_ten_steps_are_those_of_one_process(found, job):
    *_, expected = paint(job, State())
    for ranks in found.values():
        assert (whole(ranks, "image") - expected.image).abs().max() < 1e-9


@pytest.mark.parametrize("count", [2, 4])
def test_any_number_of_ranks_gives_the_same_bits(found, count):
    for what in ("gradient", "image", "enlarged"):
        assert torch.equal(whole(found[count], what), whole(found[1], what))
    for each in found[count]:
        assert each["parts"] == found[1][0]["parts"]
        assert each["losses"] == found[1][0]["losses"]


def test_margins_are_the_rows_of_others(found):
    image = some_image(*whole(found[1], "gradient").shape[2:])
    for ranks in found.values():
        for rows, pixels in (band for each in ranks for band in each["margins"]):
            assert torch.equal(pixels, image[:, :, rows.outer])


def test_what_falls_on_margins_goes_back_to_their_owners(found):
    """The inner products with the shared and with the collected are equal: they are adjoint."""
    for ranks in found.values():
        one, other = (sum(each["products"][k] for each in ranks) for k in (0, 1))
        assert one == pytest.approx(other, rel=1e-13)


def test_a_change_is_enlarged_as_by_torch(found):
    there = whole(found[4], "enlarged")
    expected = nnf.interpolate(some_image(37, 50, 3), there.shape[2:], mode="bicubic")
    torch.testing.assert_close(there, expected, rtol=0, atol=1e-12)
