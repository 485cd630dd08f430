"""Sounds in and out, and what is refused."""

import re
import wave

import numpy as np
import pytest

from impasto.errors import PictureError, SoundError
from impasto.sound import Sound, as_sound, check_sound_file, read_sound, write_sound
from impasto.sound.reading import read_sound_recipe
from tests.support.clips import panning, write_film
from tests.support.sounds import RATE, hiss, ticks


def tone(rate=22050, channels=1, seconds=1.0):
    t = np.arange(round(rate * seconds)) / rate
    one = 0.4 * np.sin(2 * np.pi * 440 * t)
    return np.stack([one * 0.8**index for index in range(channels)]).astype(np.float32)


@pytest.mark.parametrize(
    ("name", "bits", "error"),
    [
        ("a.wav", "16", 2**-15),
        ("a.wav", "24", 2**-22),
        ("a.wav", "32", 0),
        ("a.flac", "16", 2**-15),
        ("a.flac", "24", 2**-22),
    ],
)
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_what_loses_nothing_comes_back(tmp_path, name, bits, error, channels):
    path = tmp_path / name
    write_sound(path, Sound(tone(channels=channels), 22050, bits, {"title": "A tone"}), "{}")
    sound = read_sound(path)
    assert (sound.rate, sound.bits, sound.tags["title"]) == (22050, bits, "A tone")
    assert np.abs(sound.samples - tone(channels=channels)).max() <= error


@pytest.mark.parametrize("name", ["a.ogg", "a.opus", "a.mp3", "a.m4a"])
@pytest.mark.parametrize("rate", [22050, 96000])
def test_what_loses_something_is_heard_alike(tmp_path, name, rate):
    path = tmp_path / name
    write_sound(path, Sound(tone(rate, channels=2), rate))
    sound = read_sound(path, rate=22050)
    assert sound.channels == 2
    assert sound.seconds == pytest.approx(1, abs=0.06)
    spectrum = np.abs(np.fft.rfft(sound.samples[0, 4000:12192] * np.hanning(8192)))
    assert spectrum.argmax() * 22050 / 8192 == pytest.approx(440, abs=3)
    assert sound.loudness == pytest.approx(Sound(tone(rate, 2), rate).loudness, rel=0.1)


def test_a_file_tells_how_it_was_made(tmp_path):
    for name in ("a.wav", "a.flac", "a.ogg", "a.mp3", "a.m4a"):
        write_sound(tmp_path / name, Sound(tone(), 22050), '{"impasto": "1", "sound": {}}')
        assert read_sound_recipe(tmp_path / name) == {"impasto": "1", "sound": {}}
        for recipe in (None, '{"impasto": 1}', "[" * 10_000):
            write_sound(tmp_path / name, Sound(tone(), 22050), recipe)
            with pytest.raises(SoundError, match="holds no settings"):
                read_sound_recipe(tmp_path / name)


def test_a_sound_is_read_at_any_rate():
    sound = as_sound((tone(44100, 2), 44100), rate=22050)
    assert sound.samples.shape[1] == pytest.approx(22050, abs=40)
    assert np.abs(sound.samples[0]).max() == pytest.approx(0.4, rel=0.02)


def refused(given, *words):
    with pytest.raises(SoundError) as raised:
        as_sound(given)
    sentence = str(raised.value)
    assert all(word in sentence for word in words), sentence
    assert sentence.endswith(".")


def test_sounds_that_teach_nothing_are_refused():
    refused((ticks(0.3), RATE), "lasts 0.30 seconds", "at least 0.5")
    refused((np.full((1, RATE), 0.5), RATE), "is silent")
    refused((hiss(channels=8), RATE), "has 8 channels")
    refused((hiss() * np.nan, RATE), "no numbers")
    refused(42, "int is no sound")
    refused((np.zeros((1, 8)), 0.001), "0 samples in a second")


def test_files_without_a_sound_are_refused(tmp_path):
    refused(tmp_path / "none.wav", "none.wav", "cannot be read")
    (tmp_path / "text.wav").write_text("a text " * 100)
    refused(tmp_path / "text.wav", "cannot be read as a sound")
    refused(write_film(tmp_path / "film.mp4", panning(count=2)), "has no sound")
    refused(tmp_path, "cannot be read")


def test_a_file_with_eight_channels_is_refused(tmp_path):
    with wave.open(str(tmp_path / "eight.wav"), "wb") as file:
        file.setparams((8, 2, RATE, RATE, "NONE", ""))
        file.writeframes(hiss(channels=8).T.tobytes())
    refused(tmp_path / "eight.wav", "eight.wav' has 8 channels", "1 to 6")


@pytest.mark.parametrize("name", ["cut.wav", "cut.flac"])
def test_a_damaged_end_is_refused(tmp_path, name):
    path = tmp_path / name
    write_sound(path, Sound(hiss(4.0), RATE))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    refused(path, "is damaged")


def test_a_recording_of_hours_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "long.wav"
    write_sound(path, Sound(tone(8000), 8000))
    whole = path.read_bytes()
    size = 4 * 10**9  # as the header has it: the file need not be there
    header = whole.index(b"data") + 4
    with path.open("wb") as file:
        file.write(whole[:header] + size.to_bytes(4, "little") + whole[header + 4 :])
        file.truncate(size)  # sparse
    refused(path, "minutes", "may last 60")


def test_what_a_file_cannot_hold_is_said_before_the_work(tmp_path):
    for path, channels, bits, words in (
        ("a.mp3", 6, None, "holds 2"),
        ("a.flac", 1, "32", "16 or 24 bits"),
    ):
        with pytest.raises(SoundError, match=re.escape(words)):
            check_sound_file(tmp_path / path, channels, bits)
    with pytest.raises(PictureError, match=r"\.wav"):
        check_sound_file(tmp_path / "a.wave", 1, None)
