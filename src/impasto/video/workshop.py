"""The folder beside the output where a clip is worked on: all that is done is kept there.

    out.mp4.frames/
        clip.json                   what is painted, and when each frame is shown
        photographs/000001.png      the frames of the source, at the size of the result
        painted-1/000001.png        those that the first sweep has finished
        painted-1/000001-raw.png    as the network sees them, if what is shown is something else

Every file is complete or not there, so that a process may be killed at any time: the same command
goes on with the first frame that is missing.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Self, final

from impasto import images
from impasto.errors import PictureError, UsageError
from impasto.images import Rgb
from impasto.settings import ClipSettings
from impasto.video.source import Source

ROUNDING = 1e-9
"""Seconds by which a time may miss a frame."""

MANIFEST, SOURCE_FRAMES = "clip.json", "photographs"

BYTES_PER_VALUE = 0.75
"""Of a PNG of a photograph or painting, for each byte of its pixels: most take less."""

SPARE_SPACE = 1.1
"""What is to be free on the disk, in terms of what is expected to be needed."""


@dataclass(frozen=True)
class Timing:
    """When the frames of a clip are shown.

    Attributes:
        numerator: Of the time base, the unit of all times, in seconds.
        denominator: Likewise.
        times: When each frame is shown.
        end: When the last one ends.
        origin: When the clip begins that they were taken from.
    """

    numerator: int
    denominator: int
    times: tuple[int, ...]
    end: int
    origin: int

    @property
    def base(self) -> Fraction:
        """The time base."""
        return Fraction(self.numerator, self.denominator)

    @property
    def lengths(self) -> tuple[int, ...]:
        """How long each frame is shown."""
        after = (*self.times[1:], self.end)
        return tuple(b - a for a, b in zip(self.times, after, strict=True))

    def first(self, count: int) -> Timing:
        """Return the times of the first frames only."""
        end = self.end if count >= len(self.times) else self.times[count]
        return replace(self, times=self.times[:count], end=end)

    def from_zero(self) -> Timing:
        """Return the same with the first frame at 0."""
        times = tuple(at - self.times[0] for at in self.times)
        return replace(self, times=times, end=self.end - self.times[0], origin=0)

    def counted_in(self, unit: Fraction) -> Timing:
        """Return the same in another time base.

        Each time is rounded by itself, so that the clip lasts as long as it did; no two are one.
        """
        times: list[int] = []
        for at in (*self.times, self.end):
            rounded = round(at * self.base / unit)
            times.append(max(rounded, times[-1] + 1) if times else rounded)
        return Timing(unit.numerator, unit.denominator, tuple(times[:-1]), times[-1], times[0])

    @property
    def start(self) -> float:
        """Seconds from the beginning of the source to the first frame."""
        return float((self.times[0] - self.origin) * self.base)

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return float((self.end - self.times[0]) * self.base)


@final
class Workshop:
    """The folder, with its frames by their index from 0."""

    def __init__(self, folder: Path, timing: Timing, bits: int) -> None:
        """Open a folder that `gather` has filled.

        Args:
            folder: Where it is.
            timing: When its frames are shown.
            bits: That a channel of a painted frame has.
        """
        self.folder, self.timing, self.bits = folder, timing, bits

    @classmethod
    def at(cls, folder: Path, source: Source, how: ClipSettings, size: int, bits: int,
           identity: str) -> Self:  # fmt: skip
        """Return the folder of a clip, its photographs gathered if they are not there yet.

        Raises:
            PictureError: If the folder is another command's, the clip is damaged, or there is no
                room.
        """
        timing = read_manifest(folder, identity)
        if timing is None:
            try:
                timing = gather(folder, source, how, size)
            except UsageError:
                shutil.rmtree(folder, ignore_errors=True)
                raise
            said = json.dumps({"identity": identity, **asdict(timing)})
            images.replace_file(folder / MANIFEST, said.encode())
        return cls(folder, timing, bits)

    @property
    def count(self) -> int:
        """How many frames there are."""
        return len(self.timing.times)

    def photograph(self, index: int) -> Rgb:
        """Return a frame of the source (H, W, 3), at the size of the result."""
        return images.read(self.folder / SOURCE_FRAMES / file_name(index)).rgb

    def painted(self, sweep: int, index: int) -> Path:
        """Return the file of a painted frame."""
        return self.folder / f"painted-{sweep}" / file_name(index)

    def raw(self, sweep: int, index: int) -> Rgb:
        """Return a painted frame as the network sees it (H, W, 3)."""
        path = self.painted(sweep, index)
        apart = path.with_stem(f"{path.stem}-raw")
        return images.read(apart if apart.exists() else path).rgb

    def is_painted(self, sweep: int, index: int) -> bool:
        """Tell whether a sweep has finished a frame."""
        return self.painted(sweep, index).exists()

    def finished(self, sweeps: int) -> int:
        """Return the last of so many sweeps that has finished all frames, or 0."""
        frames = range(self.count)
        done = (
            sweep
            for sweep in range(sweeps, 0, -1)
            if all(self.is_painted(sweep, index) for index in frames)
        )
        return next(done, 0)

    def keep(self, sweep: int, index: int, shown: Rgb, raw: Rgb | None) -> None:
        """Write a painted frame, and what the network sees of it if that is something else."""
        path = self.painted(sweep, index)
        path.parent.mkdir(exist_ok=True)
        if raw is not None:  # first: what is shown tells that all is there
            images.write(path.with_stem(f"{path.stem}-raw"), raw, bits=self.bits)
        images.write(path, shown, bits=self.bits)

    def forget(self, sweep: int) -> None:
        """Delete what a sweep has painted, which a later one has finished."""
        shutil.rmtree(self.folder / f"painted-{sweep}", ignore_errors=True)

    def latest(self, sweeps: int) -> list[Path]:
        """Return the frames from the first on, each as the last of so many sweeps has left it."""
        found = []
        for index in range(self.count):
            files = (self.painted(sweep, index) for sweep in range(sweeps, 0, -1))
            path = next((path for path in files if path.exists()), None)
            if path is None:
                break
            found.append(path)
        return found

    def remove(self) -> None:
        """Delete the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)


def file_name(index: int) -> str:
    """Return the name of a frame's file: numbers begin with 1, as people count."""
    return f"{index + 1:06}.png"


def read_manifest(folder: Path, identity: str) -> Timing | None:
    """Return the times of the frames in a folder, or None if they are to be gathered.

    Raises:
        PictureError: If the folder is another command's or nobody's, or its manifest is damaged.
    """
    path = folder / MANIFEST
    if not path.exists():
        others = {each.name for each in folder.iterdir()} if folder.is_dir() else set()
        if others - {SOURCE_FRAMES} or (folder.exists() and not folder.is_dir()):
            raise PictureError(
                f"'{folder}' is where the frames are to be kept, and something else is there: move "
                "it away, or choose another output."
            )
        return None
    try:
        values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if values.pop("identity") != identity:
            if not any(folder.glob("painted-*/*.png")):
                return None  # nothing is lost
            raise PictureError(
                f"'{folder}' holds the frames of another command: run that one to its end, delete "
                "the folder, or choose another output."
            )
        return Timing(**{**values, "times": tuple(map(int, values["times"]))})
    except (OSError, ValueError, KeyError, TypeError) as error:
        if isinstance(error, PictureError):
            raise
        raise PictureError(
            f"'{path}' cannot be read: delete the folder, and the clip is painted anew."
        ) from None


def gather(folder: Path, source: Source, how: ClipSettings, size: int) -> Timing:
    """Write the frames that are to be painted, at the size of the result, and return their times.

    All of them, before the first one is painted: so a clip that is damaged halfway is found out
    now, and each frame can be looked at again, whatever the order of painting.

    Raises:
        PictureError: If there are none, the clip is damaged, or a frame cannot be written.
    """
    with images.naming(folder):
        (folder / SOURCE_FRAMES).mkdir(parents=True, exist_ok=True)
    width, height = images.fit(source.width, source.height, size)
    times: list[int] = []
    seen, end = 0, None
    for shown in source.frames(how.start):
        seconds = float((shown.at - source.origin) * source.time_base)
        if seconds < how.start - ROUNDING:
            continue
        wanted = seen % how.every == 0
        too_late = how.end is not None and seconds >= how.end - ROUNDING
        if too_late or (wanted and len(times) == how.frames):
            end = shown.at
            break
        if wanted:
            rgb = images.resize(shown.rgb, width, height).clip(0, 1)
            images.write(folder / SOURCE_FRAMES / file_name(len(times)), rgb, bits=source.bits)
            times.append(shown.at)
        seen += 1
        end = shown.at + shown.lasts if shown.lasts else None
    if not times:
        raise PictureError(
            f"'{source.path}' has no frame between the times given: it begins at 0 seconds; choose "
            "others."
        )
    usual = max(round(1 / (source.rate * source.time_base)), 1) * how.every
    base = source.time_base
    return Timing(base.numerator, base.denominator, tuple(times), end or times[-1] + usual,
                  source.origin)  # fmt: skip


def check_room(folder: Path, source: Source, how: ClipSettings, size: int, bits: int) -> None:
    """Raise PictureError if the frames of a clip would not fit on the disk."""
    if source.expected is None:
        return
    count = source.expected / how.every
    if how.end is not None:
        count = min(count, (how.end - how.start) * float(source.rate) / how.every)
    count = min(count, how.frames or count)
    width, height = images.fit(source.width, source.height, size)
    copies = source.bits + bits * min(how.sweeps, 2)
    needed = count * 3 * width * height * copies / 8 * BYTES_PER_VALUE * SPARE_SPACE
    free = shutil.disk_usage(folder.parent).free
    if needed > free:
        raise PictureError(
            f"the frames in '{folder}' would take about {needed / 2**30:.1f} GiB and "
            f"{free / 2**30:.1f} GiB are free: make room, or paint a smaller size or fewer frames."
        )
