"""A picture that several processes share, from arguments to a file: see `impasto.ranks`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

from impasto import images
from impasto.cli.claims import claimed
from impasto.cli.display import PlainDisplay
from impasto.cli.work import Heeding, JsonLines, Notes, Work, roles, tell
from impasto.errors import SettingsError
from impasto.filesystem import sweep_up
from impasto.interruption import INTERRUPTION, complain
from impasto.job import Job, prepare
from impasto.optimize import State, Step
from impasto.ranks import (
    Ranks,
    StripFiles,
    StripsFile,
    check_job,
    check_outputs,
    find_strips,
    for_ranks,
    paint_in_strips,
    read_strips,
    strips_of,
)
from impasto.run import Checkpoint, Guarded, Recorder, Snapshots, run


def paint_file_in_strips(work: Work) -> None:
    """Check everything, paint with the other ranks, and print the path of the picture.

    Raises:
        SystemExit: With 1 if something besides the picture is missing, which has been said.
    """
    missing: list[str] = []

    def miss(sentence: str) -> None:
        missing.append(sentence)
        complain(sentence)

    with Ranks.joined() as ranks, ExitStack() as claims:
        with ranks.agreed():
            if ranks.is_first:
                claims.enter_context(claimed(work.outputs.named(work.out)))
            job, checkpoint = prepared(ranks, work)
        with ranks.agreed():
            if checkpoint is not None:
                checkpoint = read_strips(ranks, work.out, job, checkpoint.state.size)

        def method(job: Job, state: State) -> Iterator[Step]:
            with ranks.failing():
                yield from paint_in_strips(ranks, job, state)

        followers = recorders(ranks, work, miss)
        for _ in run(job, followers, checkpoint, stop=ranks.has_come, method=method):
            pass
        if not ranks.is_first:
            return
    INTERRUPTION.leave()
    if missing:
        sys.exit(1)


def prepared(ranks: Ranks, work: Work) -> tuple[Job, Checkpoint | None]:
    """Return what is to be painted, and what is known of an earlier run that goes on."""
    if work.hands.others:
        raise SettingsError("workers and torchrun exclude each other: choose one of them.")
    out, outputs = work.out, work.outputs
    check_outputs(out, outputs)
    settings = for_ranks(work.settings)
    checkpoint = find_strips(out) if outputs.resume else None
    if checkpoint is not None:
        if not work.quiet and (departure := checkpoint.departure(settings)):
            complain(departure)
        settings = checkpoint.adopt(settings)
    elif outputs.resume and not work.quiet:
        complain(f"there is no checkpoint beside '{out}' yet: beginning at the start")
    if ranks.is_first:
        with INTERRUPTION.heed():
            images.check_output(out, settings.bits, work.inputs)
            outputs.check(out, work.inputs, 0)
        sweep_up(outputs.named(out))
    job = prepare(work.content, list(work.styles), settings, ranks=ranks.size)
    check_job(job)
    if not work.quiet:
        complain(words(ranks, job))
    return job, checkpoint


def recorders(ranks: Ranks, work: Work, miss: Callable[[str], None]) -> list[Recorder]:
    """Return what follows a painting on this rank; the first one speaks."""
    found: list[Recorder] = [Heeding()]
    if ranks.is_first:
        found.append(Notes("" if work.quiet else roles(work)))
        found += replace(work.outputs, snapshot_every=None).recorders(work.out, miss)
    if work.outputs.snapshot_every is not None:
        write = StripFiles(ranks, work.out).write
        snapshots = Snapshots(work.out, work.outputs.snapshot_every, write, pictures=False)
        found.append(Guarded(snapshots, miss))
    found.append(StripsFile(ranks, work.out, complain if work.as_json else tell))
    if ranks.is_first and work.as_json:
        found.append(Guarded(JsonLines(), miss))
    if ranks.is_first and not work.quiet:
        found.append(Guarded(PlainDisplay(), complain))
    return found


def words(ranks: Ranks, job: Job) -> str:
    """Return how the picture is divided at its last size."""
    strips = strips_of(job, ranks, job.settings.size)
    most = max(strips.owners.count(rank) for rank in range(ranks.size))
    return f"processes: {ranks.size}; {len(strips.spans)} rows of tiles, at most {most} for each"
