"""Commands in processes of their own, which write whatever Impasto can write."""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from tests.torture.originals import Photograph
from tests.torture.watched import PROCESSES

LONGEST = 120.0
"""Seconds that a command may take in all, on a machine that has other work, too."""

SMALL = ["--backbone=pocket", "--size=24", "--plan=16:3,24:3", "--precision=float32", "--threads=1"]
TINY = ["--backbone=pocket", "--size=16", "--plan=16:2", "--precision=float32", "--threads=1"]

COMMANDS = {
    "paint with everything": "paint {content} {style} -o {out}/out.png --snapshot-every 1 --resume "
    "--log {out}/log.csv --animate {out}/film.gif --curve {out}/curve.png {small}",
    "paint a TIFF": "paint {content} {style} -o {out}/out.tif --snapshot-every 2 --resume "
    "--log {out}/log.jsonl --animate {out}/film.webp --bits 16 --optimizer adam {small}",
    "paint": "paint {content} {style} -o {out}/out.jpg {small}",
    "repeat": "repeat {painted} -o {out}/again.png --content {content} --style {style}",
    "reconstruct": "reconstruct {content} --content relu2_1 -o {out}/inversion.png "
    "--snapshot-every 1 --resume {small}",
    "texture": "reconstruct {style} --style relu1_1,relu2_1 -o {out}/texture.webp {small}",
    "sweep": "sweep {content} {style} -o {out} --vary seed=1,2 --init noise {tiny}",
    "figure": "figure 2 {content} {style} {style} -o {out} {tiny}",
    "models import": "models import {weights} --as vgg19",
}
"""By name; `words` fills in the names of files."""


def words(name: str, originals: Path, out: Path) -> list[str]:
    """Return the arguments of a command.

    Args:
        name: Of `COMMANDS`.
        originals: See `impasto.torture.originals`.
        out: The folder that it writes into.
    """
    pair = Photograph(originals / "pair")
    names = {
        "content": pair.content,
        "style": pair.style,
        "out": out,
        "painted": originals / "painting" / "painted.png",
        "weights": originals / "weights" / "new.pth",
        "small": " ".join(SMALL),
        "tiny": " ".join(TINY),
    }
    return [word.format(**names) for word in COMMANDS[name].format(**names).split()]


@dataclass(frozen=True)
class Ended:
    """How a command has ended.

    Attributes:
        code: Its exit code; negative if it was killed.
        said: What it has written on standard error.
    """

    code: int
    said: str


Wait = Callable[[], None]
"""Waits for the moment at which a command is killed."""


def ran(
    arguments: list[str],
    out: Path,
    kill_after: Wait | None = None,
    first: Callable[[], None] | None = None,
) -> Ended:
    """Run a command to its end, or kill it.

    Args:
        arguments: Of ``impasto``.
        out: Where weights are kept.
        kill_after: Returns at the moment at which it is killed.
        first: Done in its process before it begins; a function of a module.

    Raises:
        AssertionError: If it does not end.
    """
    said = out.with_name(f"{out.name}.err")
    process = PROCESSES.Process(target=_run, args=(arguments, out, said, first), daemon=True)
    process.start()
    if kill_after is not None:
        kill_after()
        process.kill()
    process.join(LONGEST)
    if process.exitcode is None:
        process.kill()
        process.join()
        raise AssertionError(f"{arguments} did not end in {LONGEST:g} s")
    return Ended(process.exitcode, said.read_text(errors="replace") if said.exists() else "")


def _run(arguments: list[str], out: Path, said: Path, first: Callable[[], None] | None) -> NoReturn:
    """Be the process ``impasto``."""
    with said.open("wb") as file:
        os.dup2(file.fileno(), 2)
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)
    sys.stdout = os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, closefd=False)
    os.environ["IMPASTO_CACHE"] = str(out)
    sys.argv = ["impasto", *arguments]
    from impasto.__main__ import main

    if first is not None:
        first()
    try:
        main()
    finally:
        atexit._run_exitfuncs()  # a process of multiprocessing leaves them out
