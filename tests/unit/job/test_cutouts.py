"""A photograph with transparency, at the size that is painted."""

import numpy as np
from PIL import Image

from impasto.job import prepare
from impasto.settings import Settings


def test_the_soft_edge_of_a_cutout_is_painted_from_its_own_color(painting):
    """Not from the white that transparency hides: with --keep-alpha nothing covers it."""
    inside = np.hypot(*(np.mgrid[0:64, 0:64] - 31.5)) < 20
    cutout = np.where(inside[..., None], (30, 10, 10, 255), (255, 255, 255, 0)).astype(np.uint8)
    settings = Settings(size=24, levels=1, iterations=1, keep_alpha=True)
    job = prepare(Image.fromarray(cutout), painting, settings)
    row = job.content_at(24)[12] * 255
    edge = row[np.abs(row - 255).max(axis=1) > 1]
    assert np.abs(edge - (30, 10, 10)).max() < 0.1
