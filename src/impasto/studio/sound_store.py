"""The sounds of one person: recordings, and what was made of them. They survive a restart.

    NAME.wav    the sound
    NAME.png    its spectrogram
    NAME.json   what the page says of it

What comes in is decoded, limited and written anew, before anything else looks at it.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path

from impasto import samples
from impasto.errors import ImpastoError, SoundError
from impasto.ffmpeg import Unopened, check_contained
from impasto.filesystem import replacing
from impasto.images import sha256
from impasto.sound import Sound, SoundResult, as_sound, peak, spectrogram, write_sound
from impasto.studio.files import is_name, read_json, write_json
from impasto.studio.inputs import named
from impasto.studio.received import delete_oldest

MOST_SECONDS = 600
"""Seconds of a recording: a texture is known after some."""

MOST_RECORDED = 2 * 2**30
"""Bytes of all recordings that are kept; beyond it, the oldest that nothing needs are deleted."""

SPECTROGRAM_COLUMNS = 1200
"""Width of a spectrogram in pixels."""


@dataclass(frozen=True)
class SoundEntry:
    """A recording, or what was made of one.

    Attributes:
        name: Of its files, and by which the page refers to it.
        title: What to call it.
        seconds: How long it lasts.
        recording: What it was made of; empty for a recording.
        told: What is said of how it was made.
        created: Seconds since 1970.
    """

    name: str
    title: str
    seconds: float
    recording: str = ""
    told: str = ""
    created: float = 0.0


class SoundStore:
    """A folder of sounds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def accept(self, path: Path, label: str) -> SoundEntry:
        """Keep a recording that somebody sent, as a WAV of our own.

        Raises:
            UsageError: If nothing can be learned from it; the message has the label and no path.
        """
        name = sha256(path)[:32]
        known = self.find(name)
        if known is not None:
            os.utime(self.file(name))
            return known
        try:
            check_contained(path, "sound")
            sound = as_sound(path)
        except Unopened as error:
            raise SoundError(f"'{label}' cannot be read as a sound ({error}).") from None
        except ImpastoError as error:
            raise named(error, path, label) from None
        if sound.seconds > MOST_SECONDS:
            raise SoundError(
                f"'{label}' lasts {sound.seconds / 60:.0f} minutes: the page takes "
                f"{MOST_SECONDS // 60}, cut it."
            )
        write_sound(self.file(name), sound)
        return self._describe(SoundEntry(name, Path(label).stem, sound.seconds), sound, peak(sound))

    def sample(self, name: str) -> SoundEntry:
        """Return a sample sound."""
        path = samples.sound(name)
        known = self.find(sha256(path)[:32])
        return known if known is not None else self.accept(path, path.name)

    def add(self, result: SoundResult, recording: SoundEntry, told: str) -> SoundEntry:
        """Keep what was made, as far as it has come.

        Raises:
            UsageError: If it cannot be written.
        """
        name = secrets.token_hex(12)
        result.write(self.file(name))
        title = f"{recording.title}, {result.sound.seconds:.0f} seconds"
        entry = SoundEntry(name, title, result.sound.seconds, recording.name, told, time.time())
        return self._describe(entry, result.sound, peak(result.job.recording))

    def _describe(self, entry: SoundEntry, sound: Sound, loudest: float) -> SoundEntry:
        with replacing(self.picture(entry.name)) as file:
            spectrogram(sound, SPECTROGRAM_COLUMNS, loudest).save(file, "PNG", optimize=True)
        write_json(self._details(entry.name), asdict(entry))
        return entry

    def file(self, name: str) -> Path:
        """Return the file of a sound."""
        return self.folder / f"{name}.wav"

    def picture(self, name: str) -> Path:
        """Return the file of its spectrogram."""
        return self.folder / f"{name}.png"

    def _details(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    def find(self, name: object) -> SoundEntry | None:
        """Return a sound, or None; anything may be asked for."""
        if not is_name(name):
            return None
        values = read_json(self._details(str(name)))
        if values is None or not self.file(str(name)).is_file():
            return None
        try:
            return SoundEntry(**values)
        except TypeError:
            return None

    def made(self) -> list[SoundEntry]:
        """Return what was made, the last first."""
        found = (self.find(path.stem) for path in self.folder.glob("*.json"))
        return sorted((each for each in found if each and each.recording), key=lambda e: -e.created)

    def remove(self, entry: SoundEntry) -> None:
        """Delete a sound."""
        for path in (self._details(entry.name), self.file(entry.name), self.picture(entry.name)):
            path.unlink(missing_ok=True)

    def tidy(self, needed: Collection[str]) -> None:
        """Delete the oldest recordings that are not needed, down to `MOST_RECORDED` bytes."""
        made = self.made()
        keep = {*needed, *(each.name for each in made), *(each.recording for each in made)}
        others = [path for path in self.folder.glob("*.wav") if path.stem not in keep]
        for path in delete_oldest(others, MOST_RECORDED):
            for suffix in (".json", ".png"):
                path.with_suffix(suffix).unlink(missing_ok=True)
