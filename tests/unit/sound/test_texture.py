"""Textures from the first evaluation to the file."""

from collections import deque
from itertools import islice

import numpy as np
import pytest

from impasto.errors import SettingsError, SoundError, UnknownName
from impasto.settings import SoundSettings
from impasto.sound import copy_correlation, paint, read_sound, read_sound_recipe, texture
from impasto.sound.loudness import PEAK, leveled
from impasto.sound.piece import planned
from impasto.sound.recording import rms
from impasto.sound.spectrogram import spectrogram, stacked
from impasto.sound.stft import Stft
from tests.support.sounds import RATE, hiss, ticks

FAST = {"filters": 8, "iterations": 4}


def last(results):
    return deque(results, maxlen=1).pop()


@pytest.fixture(scope="module")
def more():
    return last(texture((ticks(), RATE), seconds=3, filters=8, iterations=12))


def test_a_texture_is_as_long_and_as_loud_as_it_should_be(more):
    assert more.sound.samples.shape == (1, 3 * RATE)
    assert more.sound.loudness == pytest.approx(rms(ticks()), rel=1e-3)
    assert np.abs(more.sound.samples).max() <= PEAK + 1e-6
    assert more.evaluations == 12
    assert more.is_complete


def test_it_has_the_statistics_of_the_recording(more):
    losses = []
    for result in texture((ticks(), RATE), filters=8, iterations=12, start="noise"):
        losses.append(result.step.total)
    assert losses[-1] < 0.4 * losses[0]


def test_it_is_no_copy(more):
    recording = ticks()
    assert copy_correlation(recording[:, 2000:14000], recording, RATE) > 0.95
    other = hiss(seed=1)
    assert copy_correlation(other, hiss(seed=2), RATE) < 0.3
    noise = last(texture((hiss(), RATE), **FAST))
    assert noise.copy < 0.6


def test_the_same_seed_makes_the_same_sound():
    a, b, c = (last(texture((ticks(), RATE), seconds=1, seed=s, **FAST)) for s in (0, 0, 1))
    assert np.array_equal(a.sound.samples, b.sound.samples)
    assert not np.array_equal(a.sound.samples, c.sound.samples)


@pytest.mark.parametrize("loop", [False, True])
def test_a_short_sound_is_made_of_a_long_one(loop):
    result = last(texture((ticks(4.0), RATE), seconds=0.5, loop=loop, **FAST))
    assert result.sound.seconds == pytest.approx(0.5, abs=0.02)
    assert result.job.ear.network.widths[-1] < 64


def test_a_long_sound_is_made_of_a_short_one():
    result = last(texture((ticks(0.6), RATE), seconds=2, **FAST))
    assert result.sound.seconds == 2
    assert result.sound.loudness == pytest.approx(rms(ticks(0.6)), rel=0.01)


def test_a_loop_has_no_seam():
    result = last(texture((hiss(), RATE), seconds=1.5, loop=True, **FAST))
    samples = result.sound.samples[0]
    assert samples.size == pytest.approx(1.5 * RATE, abs=128)
    twice = np.concatenate([samples, samples])
    steps = np.abs(np.diff(twice, 2))
    seam = steps[samples.size - 3 : samples.size + 1].max()
    assert seam <= np.quantile(steps, 0.999) * 1.5


def test_a_long_sound_is_made_in_pieces_that_go_on():
    settings = {"piece": 5, "seconds": 9, "filters": 8, "iterations": 2}
    results = []
    for result in texture((ticks(), RATE), **settings):
        if not results or results[-1] != result.finished:
            results.append(result.finished)
    assert len(result.job.plan.pieces) == 3
    assert results[:3] == [0, 1, 2]
    assert result.sound.samples.shape == (1, 9 * RATE)
    first, second, _ = result.job.plan.pieces
    assert first.stop - second.start == second.before > 2 * RATE
    loud = np.abs(result.sound.samples[0]).reshape(9, -1).max(axis=1)
    assert loud.min() > 0.3 * loud.max()  # every second has its ticks


def test_a_long_loop_ends_with_its_beginning():
    result = last(texture((ticks(), RATE), seconds=6, piece=5, loop=True, **FAST))
    plan = result.job.plan
    after = plan.pieces[-1].after
    assert after > 2 * RATE
    head = result.samples[:, plan.cut : plan.cut + after]
    assert np.array_equal(result.samples[:, -after:], head)
    assert result.sound.samples.shape[1] == plan.length - after - plan.cut
    assert result.sound.seconds == pytest.approx(6, abs=0.05)


def test_both_channels_are_made_together():
    result = last(texture((ticks(channels=2), RATE), seconds=1, **FAST))
    left, right = result.sound.samples
    assert np.corrcoef(left, right)[0, 1] > 0.8
    assert rms(right[None]) / rms(left[None]) == pytest.approx(0.7, abs=0.15)


def test_whoever_has_heard_enough_says_break(tmp_path):
    *_, result = islice(texture((ticks(), RATE), seconds=1, **FAST), 2)
    assert not result.is_complete
    result.write(tmp_path / "so-far.wav")
    assert read_sound(tmp_path / "so-far.wav").samples.shape == (1, RATE)


def test_a_file_tells_how_it_was_made(tmp_path):
    result = last(texture((ticks(), RATE), seconds=1, **FAST))
    result.write(tmp_path / "a.flac")
    recipe = read_sound_recipe(tmp_path / "a.flac")
    assert recipe["sound"]["seconds"] == 1
    assert SoundSettings(**recipe["sound"]).filters == 8
    assert recipe["texture"] == {"path": None, "sha256": None}


def test_a_painted_recording_keeps_its_rhythm():
    rng = np.random.default_rng(3)
    content = 0.2 * rng.normal(size=2 * RATE) * (np.sin(np.arange(2 * RATE) / RATE * 9) > 0)
    result = last(paint((content, RATE), (hiss(seed=5), RATE), content_weight=10, **FAST))
    assert result.sound.samples.shape == (1, 2 * RATE)
    ours, theirs = (
        np.sqrt(np.square(each).reshape(50, -1).mean(axis=1))
        for each in (result.sound.samples[0], content)
    )
    assert np.corrcoef(ours, theirs)[0, 1] > 0.6


def test_settings_are_checked_at_once():
    with pytest.raises(UnknownName, match="seconds"):
        texture((ticks(), RATE), second=3)
    with pytest.raises(UnknownName, match="noise"):
        texture((ticks(), RATE), start="nose")
    with pytest.raises(SettingsError, match=r"from 0\.5"):
        SoundSettings(seconds=0.1)
    with pytest.raises(SoundError, match="silent"):
        texture((0 * ticks(), RATE))
    assert SoundSettings(seconds="1:30").seconds == 90


def test_loudness_is_matched_and_nothing_is_clipped():
    sound = hiss() + 0.3
    soft = leveled(sound, 0.05)
    assert rms(soft) == pytest.approx(0.05, rel=1e-4)
    assert abs(soft.mean()) < 1e-6
    assert np.abs(leveled(sound, 0.9)).max() == pytest.approx(PEAK, rel=1e-4)
    assert np.array_equal(leveled(np.zeros((1, 10), np.float32), 0.1), np.zeros((1, 10)))


def test_plans_have_the_length_that_was_asked_for():
    stft = Stft.at(22050)
    for seconds in (0.5, 7, 20, 61.3):
        plan = planned(round(seconds * 22050), 22050, stft, 20, loop=False)
        assert plan.wanted == round(seconds * 22050)
        assert plan.cut + plan.wanted + stft.window <= plan.length == plan.pieces[-1].stop
        assert all(each.length <= 20 * 22050 + 4096 for each in plan.pieces)
        for one, other in zip(plan.pieces, plan.pieces[1:], strict=False):
            assert one.stop == other.start + other.before


def test_spectrograms_show_what_is_loud_where():
    from impasto.sound import Sound

    t = np.arange(RATE) / RATE
    sound = Sound((np.sin(2 * np.pi * 1000 * t) * (t < 0.5))[None].astype(np.float32), RATE)
    picture = np.asarray(spectrogram(sound, columns=100)).astype(int).sum(axis=2)
    assert picture.shape == (160, 100)
    assert picture[:, :45].max() > 500
    assert picture[:, 60:].max() < 100
    assert stacked([("a", sound), ("b", sound)]).size == (960, 360)
