"""Sounds: style is a statistic that adds up, and in a sound the positions are moments.

texture.py      READ THIS FIRST: a texture, made longer without repeating
gains.py        what is changed: how loud every bin is at every moment
ear.py          what is learned of a recording, once
network.py      what it is heard with: random filters, and the memory of two seconds
stft.py         from samples to moments and back
shuffle.py      where a texture starts: moments of the recording in an order with its rhythm
piece.py        pieces of a long sound
job.py          a sound before the work, textures and painted recordings
result.py       a sound as far as it has come
reconstruction.py  which statistics carry what
recording.py    a sound in memory, and what is refused
reading.py      sounds in
writing.py      sounds out
formats.py      the kinds of files, and what each can hold
loudness.py     as loud as the recording, never clipped
copying.py      how far a result is a copy
spectrogram.py  sounds as pictures
api.py          what Python programs call
"""

from impasto.sound.api import paint, texture
from impasto.sound.copying import COPY, copy_correlation
from impasto.sound.formats import SOUND_FORMATS
from impasto.sound.job import PaintJob, SoundJob, prepare_paint, prepare_texture
from impasto.sound.reading import as_sound, read_sound, read_sound_recipe
from impasto.sound.reconstruction import FIGURE, FigureRow, figure, sheet
from impasto.sound.recording import Sound
from impasto.sound.result import SoundResult
from impasto.sound.spectrogram import peak, spectrogram, stacked
from impasto.sound.texture import make
from impasto.sound.writing import check_sound_file, write_sound

__all__ = [
    "COPY",
    "FIGURE",
    "SOUND_FORMATS",
    "FigureRow",
    "PaintJob",
    "Sound",
    "SoundJob",
    "SoundResult",
    "as_sound",
    "check_sound_file",
    "copy_correlation",
    "figure",
    "make",
    "paint",
    "peak",
    "prepare_paint",
    "prepare_texture",
    "read_sound",
    "read_sound_recipe",
    "sheet",
    "spectrogram",
    "stacked",
    "texture",
    "write_sound",
]
