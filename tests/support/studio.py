"""What tests of the studio share: small settings, patience, and a studio in its own process."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from impasto.settings import Settings
from impasto.studio.inputs import Upload
from impasto.studio.studio import Studio

SMALL = Settings(size=48, iterations=2, precision="float32", backbone="pocket")

PATIENCE = 300.0
"""Seconds that a start or an end, or anything on the way, may take on a busy machine."""


def wait_for(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def upload(studio: Studio, file: Path) -> Upload:
    """Give a studio a picture, as the server does: it lies in the folder of what was received."""
    return studio.upload(shutil.copy(file, studio.received.folder))


@contextmanager
def serving(
    folder: Path, *options: str, program: str = "impasto", **environment: str
) -> Iterator[str]:
    """Run ``impasto studio``, or a program like it, and yield the address of its page."""
    command = [sys.executable, "-m", program, "studio", "--port", "0", "--no-browser"]
    process = subprocess.Popen(
        [*command, "--folder", str(folder), *options],
        env={**os.environ, "OMP_NUM_THREADS": "1", **environment},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)
        process.stdout.close()
