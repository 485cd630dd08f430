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
tracks.py         sound, subtitles and chapters of a clip, copied as they are
remaining.py      how long a clip will still take
flicker.py        how much a clip flickers
"""

from impasto.video.clip import Clip, of_all
from impasto.video.film_formats import FILM_FORMATS
from impasto.video.film_source import FilmSource
from impasto.video.films import check_film, read_recipe
from impasto.video.flicker import flicker
from impasto.video.opening import files_of
from impasto.video.painting import ClipPainter, FrameInWork
from impasto.video.remaining import Remaining

__all__ = [
    "FILM_FORMATS",
    "Clip",
    "ClipPainter",
    "FilmSource",
    "FrameInWork",
    "Remaining",
    "check_film",
    "files_of",
    "flicker",
    "of_all",
    "read_recipe",
]
