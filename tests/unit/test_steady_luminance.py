"""What the Gram matrix leaves open differs from run to run; the histogram closes it."""

import numpy as np
import pytest

from impasto import stylize
from impasto.images import as_picture, fit, resize
from impasto.samples import painting, photograph

SIZE, EVALUATIONS, SEEDS, WEIGHTS = 48, 25, (0, 1), (3, 300)


def small(path):
    rgb = as_picture(path).rgb
    return resize(rgb, *fit(rgb.shape[1], rgb.shape[0], SIZE))


def spread_of_luminance(content, style, loss):
    """Return how far the brightness of final pictures differs over seeds and weights."""
    found = []
    for seed in SEEDS:
        for weight in WEIGHTS:
            painted = stylize(
                content, style, style_loss=loss, style_layers="relu1_1", style_weight=weight,
                seed=seed, init="noise", size=SIZE, iterations=EVALUATIONS, levels=1,
                precision="float32", threads=1,
                backbone="pocket", optimizer="lbfgs",
            )  # fmt: skip
            found.append(np.asarray(painted.image.convert("L")).mean())
    return np.std(found)


# Colors of the first layer alone: deeper ones place things, and things are bright or dark.
@pytest.mark.parametrize(("content", "style"), [("rocket", "ink"), ("cat", "dots")])
def test_the_spread_of_final_luminance_falls_with_the_histogram(content, style):
    pair = small(photograph(content)), small(painting(style))
    gram, histogram = (spread_of_luminance(*pair, loss) for loss in ("gram", "histogram"))
    assert gram > 1  # of 255: there is something to steady
    assert histogram < 0.5 * gram
