"""Paint a clip: every frame as a painting of its own that begins as the one before it.

What was painted moves with what it lies on: the painting of the last frame is carried to where
everything is now, and that is the start. A temporal term holds the paint there while the frame is
painted on, wherever the motion can be trusted:

    L = α L_content + β L_style + γ L_tv + Σ_j γ_t 1/N Σ c_j (x - carried_j)²

with j = 1, 2 and 4 frames before; c_j is the trust in the motion since then, less that in the
motion since later ones. So what was hidden for a moment comes back as it was. A new shot begins as
a picture does, from coarse to fine.

Source: Ruder, Dosovitskiy and Brox (2016), "Artistic Style Transfer for Videos": the temporal loss
of section 4.2, the long-term one of 4.4, the sweeps of 4.5.

# Differs from Ruder et al. (2016): places that were hidden start as the paint that lies there,
without its specks, and those that were outside as that beside the border, mirrored, not as the mean
color; what is still is held a hundred times as firmly; a sweep begins with what the one before has
finished.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import final

import numpy as np

from impasto.images import Picture, Rgb
from impasto.job import Anchor, Job, make_inputs, make_objective
from impasto.objective import Kind, Term
from impasto.run import Result, Stopped, ready, run
from impasto.settings import ClipSettings
from impasto.video.motion import Field, Gray, Motion, gray_levels, motion, without_specks
from impasto.video.workshop import Workshop

BEFORE = (1, 2, 4)
"""How many frames back the paint is looked for."""

FIRMNESS = 100.0
"""How many times more what is still counts in the temporal term. Nothing there needs to follow
anything, and what the optimizer still finds to improve would be seen as crawling."""

Halt = Callable[[], bool]
"""Tells whether to stop."""


@dataclass(frozen=True, eq=False)
class FrameInWork:
    """Where the painting of a clip stands, after every evaluation.

    Attributes:
        sweep: Which one, from 1.
        index: Which frame, from 0.
        result: Its painting as far as it has come.
        is_fresh: Whether it is painted anew, as the first of a shot.
        is_finished: Whether it is finished, and kept.
    """

    sweep: int
    index: int
    result: Result
    is_fresh: bool
    is_finished: bool = False


@dataclass(frozen=True, eq=False)
class Neighbor:
    """Another frame that has been painted, and what has moved since.

    Attributes:
        name: Of its term.
        motion: From the frame that is being painted to it.
        carried: Its painting, moved to where everything is now.
    """

    name: str
    motion: Motion
    carried: Rgb


@final
class ClipPainter:
    """Paints the frames of a clip.

    Attributes:
        job: The painting of the first frame, by which all others go.
        workshop: Where the frames are, and are kept.
        how: How the clip is painted.
        evaluations: Of a frame that begins as the one before.
    """

    def __init__(self, job: Job, workshop: Workshop, how: ClipSettings, evaluations: int) -> None:
        self.job, self.workshop, self.how, self.evaluations = job, workshop, how, evaluations
        self.style_terms: dict[int, tuple[Term, ...]] = {}

    def paint(self, stop: Halt = lambda: False) -> Iterator[FrameInWork]:
        """Yield every evaluation of every frame that is not kept yet.

        Args:
            stop: Asked after every evaluation: then the frame it belongs to is left.
        """
        try:
            self.job = ready(self.job, stop=stop)
        except Stopped:
            return
        for sweep in range(self.workshop.finished(self.how.sweeps) + 1, self.how.sweeps + 1):
            for index in self.order(sweep):
                if self.workshop.is_painted(sweep, index):
                    continue
                yield from self.paint_frame(sweep, index, stop)
                if stop():
                    return
            self.workshop.forget(sweep - 1)

    def order(self, sweep: int) -> Sequence[int]:
        """Return the frames in the order of a sweep: the second one goes backward, and so on."""
        forward = range(self.workshop.count)
        return forward if sweep % 2 else forward[::-1]

    def paint_frame(self, sweep: int, index: int, stop: Halt) -> Iterator[FrameInWork]:
        """Yield the evaluations of one frame, and keep it."""
        photograph = self.workshop.photograph(index)
        neighbors = self.neighbors(sweep, index, gray_levels(photograph))
        is_fresh = sweep == 1 and not neighbors
        if is_fresh:
            job = self.fresh(photograph)
        else:
            own = self.workshop.raw(sweep - 1, index) if sweep > 1 else None
            start = start_of(neighbors) if own is None else mixed(own, neighbors)
            job = self.following(photograph, start, self.anchors(neighbors, sweep))
        result = Result(job)
        for result in run(job, stop=stop):
            yield FrameInWork(sweep, index, result, is_fresh)
        if stop():
            return
        raw = raw_image(result)
        same = result.job.controls.changes_nothing
        self.workshop.keep(sweep, index, result.rgb, None if same else raw)
        yield FrameInWork(sweep, index, result, is_fresh, is_finished=True)

    def fresh(self, photograph: Rgb) -> Job:
        """Return the painting of the first frame of a shot."""
        return replace(self.job, content=Picture(photograph), style_terms=self.made(), notes=())

    def following(self, photograph: Rgb, start: Rgb, anchors: tuple[Anchor, ...]) -> Job:
        """Return the painting of a frame that begins as another one."""
        size, count = self.job.settings.size, self.evaluations
        settings = self.job.settings.replace(
            plan=((size, count),), iterations=count, levels=1, continuation=0, init_noise=0.0
        )
        return replace(
            self.fresh(photograph), settings=settings, init=Picture(start), anchors=anchors
        )

    def made(self) -> dict[int, tuple[Term, ...]]:
        """Return the style terms of the final size, which all frames have in common."""
        size = self.job.settings.size
        if size not in self.style_terms:
            terms = make_objective(self.job, make_inputs(self.job, size)).terms
            self.style_terms[size] = tuple(term for term in terms if term.kind is Kind.STYLE)
        return self.style_terms

    def neighbors(self, sweep: int, index: int, here: Gray) -> list[Neighbor]:
        """Return the painted frames of the same shot that a frame holds to, the nearest first.

        In the first sweep they are those before it; later the ones on both sides.
        """
        count, found = self.workshop.count, []
        forward = 1 if sweep % 2 else -1
        steps = [-step for step in BEFORE] if sweep == 1 else [-forward, forward]
        for step in steps:
            other = index + step
            if self.how.loop and sweep > 1 and count > 2:
                other %= count
            if not 0 <= other < count:
                continue
            since = sweep if self.workshop.is_painted(sweep, other) else sweep - 1
            there = gray_levels(self.workshop.photograph(other))
            moved = motion(here, there)
            if not moved.is_cut(here, there):
                carried = moved.carried(self.workshop.raw(since, other))
                found.append(Neighbor(f"temporal {step:+}", moved, carried))
        return found

    def anchors(self, neighbors: Sequence[Neighbor], sweep: int) -> tuple[Anchor, ...]:
        """Return the temporal terms: how much which neighbor's paint counts where."""
        trusts = [each.motion.trust for each in neighbors]
        shares = nearest_first(trusts) if sweep == 1 else trusts
        return tuple(
            Anchor(each.name, self.how.temporal_weight, each.carried, firm(share, each.motion))
            for each, share in zip(neighbors, shares, strict=True)
            if self.how.temporal_weight
        )


def nearest_first(trusts: Sequence[Field]) -> list[Field]:
    """Return how much each of several frames counts: only where those nearer by are not trusted.

    Source: Ruder et al. (2016), equation 9.
    """
    shares: list[Field] = []
    taken = np.zeros((), np.float32)
    for trust in trusts:
        shares.append((trust - taken).clip(0, 1))
        taken = taken + trust
    return shares


def firm(share: Field, moved: Motion) -> Field:
    """Return how much each place counts, those more that are still."""
    return np.asarray(share * (1 + (FIRMNESS - 1) * moved.still), np.float32)


def start_of(neighbors: Sequence[Neighbor]) -> Rgb:
    """Return where a frame starts: the paint of the nearest neighbor, carried to where it belongs.

    Where it is not trusted it still is paint, and needs less change than a photograph does; but a
    farther neighbor that is trusted there knows better. What none is trusted in is torn, since
    arrows differ there from pixel to pixel: specks of a pixel or two, which no loss sees and which
    would pile up from frame to frame, are taken out.
    """
    start = neighbors[0].carried
    shares = nearest_first([each.motion.trust for each in neighbors])
    for each, share in zip(neighbors[1:], shares[1:], strict=True):
        start = blended(start, each.carried, share)
    known = np.asarray(np.sum(shares, axis=0), np.float32)
    return blended(without_specks(start), start, known)


def mixed(own: Rgb, neighbors: Sequence[Neighbor]) -> Rgb:
    """Return where a frame starts in a later sweep: between its own paint and its neighbor's."""
    if not neighbors:
        return own
    trust = neighbors[0].motion.trust
    return blended(own, neighbors[0].carried, trust / (1 + trust))


def blended(below: Rgb, above: Rgb, share: Field) -> Rgb:
    """Return two pictures (H, W, 3) mixed: of the second one as much as the share (H, W) says."""
    return np.asarray(below + (above - below) * share[..., None], np.float32)


def raw_image(result: Result) -> Rgb:
    """Return a painting as the network sees it (H, W, 3), within what a file can hold."""
    cut = result.job.sizes.cut(result.last.image, result.size)[0].clamp(0, 1)
    raw: Rgb = cut.permute(1, 2, 0).float().cpu().numpy()
    return raw
