import math
from types import SimpleNamespace

import numpy as np
import pytest

from impasto import stylize
from impasto.errors import SettingsError
from impasto.job import prepare
from impasto.run import auto
from impasto.run.auto import LARGEST_WEIGHT, LOST, SMALLEST_WEIGHT, Trial, following, notes, tuned
from impasto.samples import painting, photograph
from impasto.settings import Settings


@pytest.fixture(scope="module")
def job():
    settings = Settings(auto=True, size=64, content_weight=2, backbone="pocket")
    return prepare(photograph("cat"), painting("dots"), settings)


def pretend(content, style=lambda weight: 0.1 / math.sqrt(weight)):
    """Return a stand-in for painting, whose losses are functions of the weight."""

    def paint(job):
        weight = job.settings.style_weight
        kinds = {
            "content": job.settings.content_weight * content(weight),
            "style": weight * style(weight),
            "tv": 1.0,
        }
        worse = {kind: 3 * loss for kind, loss in kinds.items()}
        losses = ((2.0, worse), (1.0, kinds), (1.5, worse))  # the best is not the last
        history = [SimpleNamespace(total=total, kinds=each) for total, each in losses]
        yield SimpleNamespace(history=history)

    return paint


@pytest.mark.parametrize("wanted", [2.0, 20.0, 300.0, 2500.0])
def test_the_weight_is_found_at_which_half_of_the_content_is_lost(job, wanted):
    for growth in (0.05, 0.1, 0.25):
        paint = pretend(lambda w, growth=growth: LOST + growth * math.log(w / wanted))
        found = tuned(job, paint).settings
        assert not found.auto
        assert abs(growth * math.log(found.style_weight / wanted)) < auto.CLOSE + 0.02


def test_the_weight_has_bounds(job):
    for least, expected in ((9.0, SMALLEST_WEIGHT), (0.0, LARGEST_WEIGHT)):
        paint = pretend(lambda weight, least=least: least + 0.001 * math.log(weight))
        assert tuned(job, paint).settings.style_weight == expected


def test_a_large_picture_keeps_the_look_unless_the_evaluations_are_given():
    for backbone, finer in (("pocket", (40, 20)), ("vgg19", (34, 17))):
        small, large = (
            Settings(auto=True, size=size, backbone=backbone).completed().plan
            for size in (256, 1024)
        )
        assert large == (*small, (512, finer[0]), (1024, finer[1]))
    assert Settings(auto=True, backbone="pocket").completed().continuation == 0
    given = Settings(auto=True, size=1024, iterations=50, backbone="pocket").completed().plan
    assert given == Settings(size=1024, iterations=50, backbone="pocket").completed().plan
    assert Settings(auto=True, size=1024, levels=2, backbone="pocket").completed().plan[-1] == (
        1024,
        35,
    )


def test_weight_that_gains_nothing_is_not_taken(job):
    paint = pretend(lambda weight: 0.28 + 0.05 * math.log(weight / 50), lambda weight: 0.003)
    found = tuned(job, paint)
    assert found.settings.style_weight == auto.FIRST_WEIGHT
    assert found.notes[-1] == auto.SATISFIED


def test_two_runs_tell_the_slope():
    trials = [Trial(10.0, 0.3, 0.1), Trial(100.0, 0.7, 0.1)]
    assert following(trials) == pytest.approx(math.sqrt(1000))


def test_a_poor_match_is_told_with_what_helps():
    assert len(notes(Trial(50, LOST, 0.01), 50)) == 1
    assert "poor match: at this balance 30%" in notes(Trial(50, LOST, 0.3), 50)[1]
    assert (
        "takes over whatever its weight"
        in notes(Trial(SMALLEST_WEIGHT, 0.9, 0.3), SMALLEST_WEIGHT)[1]
    )


def test_auto_paints_records_numbers_and_is_the_same_again(monkeypatch):
    monkeypatch.setattr(auto, "EVALUATIONS", 8)
    y = np.mgrid[0:48, 0:64][0]
    flat = (0.5 + y / 200)[..., None].repeat(3, axis=-1)
    first, second = (
        stylize(flat, painting("woodcut"), size=48, iterations=2, auto=True, backbone="pocket")
        for _ in range(2)
    )
    assert np.array_equal(first.rgb, second.rgb)
    assert first.notes[0].startswith(f"auto: style_weight {first.settings.style_weight:g};")
    assert any("match" in note or "takes over" in note for note in first.notes[1:])
    assert not first.settings.auto
    again = stylize(flat, painting("woodcut"), **first.settings.to_dict())
    assert np.array_equal(first.rgb, again.rgb)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"style_weight": 50}, "auto chooses style_weight, which is 50"),
        ({"normalization": "paper"}, "normalization is paper"),
        ({"content_weight": 0}, "content_weight is 0"),
    ],
)
def test_settings_that_contradict_auto_are_refused(settings, message):
    with pytest.raises(SettingsError, match=message):
        Settings(auto=True, **settings)
