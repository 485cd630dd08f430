"""A clip painted as one: the strokes move with what they lie on.

clip.py           Clip: checked, gathered, painted, written
source.py         Source: what is read as a clip
film_source.py    clips in: films, by FFmpeg
picture_sequence.py  clips in: folders and patterns of pictures
opening.py        which of the two a name asks for
workshop.py       the folder where the frames are kept while the clip is painted
motion.py         where everything in a frame was in another one
painting.py       ClipPainter: each frame begins as the one before it
films.py          clips out: films, moving pictures, folders
film_formats.py   the kinds of film, and what each can hold
sound_track.py    the sound of a clip, copied as it is
remaining.py      how long a clip will still take
flicker.py        how much a clip flickers
"""

from impasto.video.clip import Clip
from impasto.video.film_formats import FILM_FORMATS
from impasto.video.films import read_recipe
from impasto.video.flicker import flicker
from impasto.video.painting import ClipPainter, FrameInWork
from impasto.video.remaining import Remaining

__all__ = [
    "FILM_FORMATS",
    "Clip",
    "ClipPainter",
    "FrameInWork",
    "Remaining",
    "flicker",
    "read_recipe",
]
