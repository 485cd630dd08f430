"""A sound before the work: what is made, of what, and where each piece starts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, final

import torch
from torch import Tensor
from torch.nn.functional import pad

from impasto import images
from impasto._version import __version__
from impasto.errors import SoundError
from impasto.job import seen_from
from impasto.losses import ContentLoss
from impasto.normalization import inverse_energy
from impasto.objective import Kind, Term
from impasto.settings import SoundSettings
from impasto.sound.copying import copy_correlation
from impasto.sound.ear import Ear
from impasto.sound.piece import PiecePlan, PieceSpan, noise_of, planned, start_of
from impasto.sound.reading import as_sound
from impasto.sound.recording import SHORTEST_RECORDING, Sound
from impasto.sound.stft import Stft, levels, magnitudes_of

AlreadyMade = tuple[Tensor, Tensor]
"""What is there already before a piece and after it, (C, n) each."""


@dataclass(frozen=True, eq=False)
class SoundJob:
    """A texture before the work.

    Attributes:
        recording: What it is to sound like.
        settings: How it is made.
        ear: What was learned of the recording.
        plan: In which pieces it is made.
        style: The terms by which it sounds like the recording.
        draw: All chance.
    """

    recording: Sound
    settings: SoundSettings
    ear: Ear
    plan: PiecePlan
    style: Sequence[Term]
    draw: torch.Generator = field(default_factory=torch.Generator)

    @property
    def total_evaluations(self) -> int:
        """Evaluations of all pieces."""
        return len(self.plan.pieces) * self.settings.iterations

    def start(self, span: PieceSpan, made: AlreadyMade) -> Tensor:
        """Return where a piece starts (C, N), around what is there already."""
        if self.settings.start == "noise":
            return around(noise_of(self.ear, span, self.draw), *made)
        return start_of(self.ear, span, *made, self.draw)

    def terms(self, span: PieceSpan) -> Sequence[Term]:
        """Return what a piece minimizes."""
        return self.style

    @property
    def recording_likeness(self) -> float:
        """How far one half of the recording is a shifted piece of the other, as a clock's are."""
        samples, half = self.recording.samples, self.recording.samples.shape[1] // 2
        return copy_correlation(samples[:, :half], samples[:, half:], self.recording.rate)

    @property
    def sources(self) -> dict[str, Sound]:
        """What it is made of, by what it is for."""
        return {"texture": self.recording}

    def recipe(self, folder: Path) -> dict[str, Any]:
        """Return what determines it, as a file in a folder tells it."""
        made_of = {what: described(sound, folder) for what, sound in self.sources.items()}
        return {"impasto": __version__, "sound": self.settings.to_dict(), **made_of}


@final
@dataclass(frozen=True, eq=False, kw_only=True)
class PaintJob(SoundJob):
    """A recording that is painted with a texture: it keeps its rhythm, and gets another grain.

    Its loudness in bands, measured by its own mean and spread, is a content loss, as the features
    of a photograph are. It starts as the content, every bin at the texture's mean and deviation.

    Attributes:
        content: What is painted.
        content_ear: How it is heard.
    """

    content: Sound
    content_ear: Ear

    def start(self, span: PieceSpan, made: AlreadyMade) -> Tensor:
        """Return the content, as loud in every bin as the texture."""
        stft, theirs = self.ear.stft, self.content_ear
        here, there = self.ear.network.hearing.levels, theirs.network.hearing.levels
        spectra = stft.transform(self._heard(span))
        own = levels(spectra.abs(), theirs.unit).flatten(0, 1)[None, :, None]
        relative = (own - there.mean.view(1, -1, 1, 1)) / (there.deviation + 1e-3).view(1, -1, 1, 1)
        wanted = here.mean.view(1, -1, 1, 1) + here.deviation.view(1, -1, 1, 1) * relative
        loud = magnitudes_of(wanted.clamp(min=0)[0, :, 0].view(spectra.shape), self.ear.unit)
        return around(stft.inverse(torch.polar(loud, spectra.angle())), *made)

    def terms(self, span: PieceSpan) -> Sequence[Term]:
        """Return the texture's terms, and the content's: ``α L_content``."""
        features = self.content_ear.waveform_network(self._heard(span)[None, :, None], ["loudness"])
        loss = ContentLoss(features["loudness"], inverse_energy)
        weight = self.settings.content_weight
        return [*self.style, Term("content", Kind.CONTENT, weight, ("loudness",), loss)]

    def _heard(self, span: PieceSpan) -> Tensor:
        """Return the content's samples (C, N) of a piece."""
        samples, cut = self.content_ear.samples, self.plan.cut
        around_it = (cut, max(self.plan.length - cut - samples.shape[1], 0))
        return pad(samples, around_it)[:, span.start : span.stop]

    @property
    def sources(self) -> dict[str, Sound]:
        """What it is made of, by what it is for."""
        return {"content": self.content, "texture": self.recording}


def around(sound: Tensor, before: Tensor, after: Tensor) -> Tensor:
    """Return a sound (C, N) with what is there already at its beginning and its end."""
    inner = sound[:, before.shape[1] : sound.shape[1] - after.shape[1]]
    return torch.cat([before, inner, after], dim=1)


def described(sound: Sound, folder: Path) -> dict[str, Any]:
    """Return what a recipe tells of a sound, seen from the folder that the recipe is in."""
    if sound.path is None:
        return {"path": None, "sha256": None}
    return {"path": seen_from(folder, str(sound.path)), "sha256": images.sha256(sound.path)}


def prepare_texture(
    recording: Any, settings: SoundSettings, only: Sequence[str] | None = None
) -> SoundJob:
    """Listen to a recording, and find out all that is needed to make more of it.

    Args:
        recording: A path, a `Sound`, or samples (C, N) and their rate.
        settings: How it is made.
        only: How the names of the terms that count begin; all of them if None.

    Raises:
        UsageError: If nothing can be learned from it.
    """
    sound = as_sound(recording, settings.rate)
    samples = round((settings.seconds or sound.seconds) * sound.rate)
    stft = Stft.at(sound.rate)
    plan = planned(samples, sound.rate, stft, settings.piece, settings.loop)
    ear = Ear.of(sound, settings, plan.shortest)
    terms = ear.terms(settings.rhythm_weight)
    style = [term for term in terms if only is None or term.name.startswith(tuple(only))]
    draw = torch.Generator().manual_seed(settings.seed)
    return SoundJob(sound, settings, ear, plan, style, draw)


def prepare_paint(content: Any, texture: Any, settings: SoundSettings) -> PaintJob:
    """Listen to a recording and to the texture that it is painted with.

    Raises:
        UsageError: If nothing can be learned from one of them.
    """
    painted = as_sound(content, settings.rate)
    if settings.seconds is not None and settings.seconds < painted.seconds:
        count = round(max(settings.seconds, SHORTEST_RECORDING) * painted.rate)
        painted = painted.cut(count)
    recording = as_sound(texture, painted.rate)
    channels = min(painted.channels, recording.channels)
    painted, recording = painted.mixed(channels), recording.mixed(channels)
    stft = Stft.at(painted.rate)
    plan = planned(painted.samples.shape[1], painted.rate, stft, settings.piece, loop=False)
    ear, own = (Ear.of(each, settings, plan.shortest) for each in (recording, painted))
    style = ear.terms(0.0)  # the rhythm is the content's
    draw = torch.Generator().manual_seed(settings.seed)
    if settings.loop:
        raise SoundError("a painted recording is no loop: make one of a texture.")
    return PaintJob(
        recording=recording, settings=settings, ear=ear, plan=plan, style=style, draw=draw,
        content=painted, content_ear=own,
    )  # fmt: skip
