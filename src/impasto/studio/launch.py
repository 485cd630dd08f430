"""Starting the studio: the page, the worker behind it, and the end of both."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import platformdirs

from impasto.errors import UsageError
from impasto.extras import install
from impasto.studio.address import Address


def check_installed() -> None:
    """Raise UsageError unless Gradio is there."""
    if importlib.util.find_spec("gradio") is None:
        raise UsageError(f"the studio needs Gradio, which is not installed: {install('studio')}.")


def default_folder() -> Path:
    """Return where pictures are kept if nothing else is said."""
    return platformdirs.user_data_path("impasto") / "studio"


def quiet_gradio(folder: Path) -> None:
    """Let Gradio call nobody, and receive files in the studio's own folder."""
    os.environ.update(
        GRADIO_ANALYTICS_ENABLED="False",
        GRADIO_TEMP_DIR=str(folder / "received"),
        HF_HUB_OFFLINE="1",
        HF_HUB_DISABLE_TELEMETRY="1",
        DO_NOT_TRACK="1",
    )
    # Nobody else is believed whom a request comes from: the delay after wrong passwords counts by
    # it. Who has a proxy in front names it here.
    os.environ.setdefault("FORWARDED_ALLOW_IPS", "")


@contextmanager
def serve(folder: Path, address: Address) -> Iterator[str]:
    """Serve the studio, and yield the address of its page; at the end what is painted is kept.

    Raises:
        UsageError: If Gradio is missing, or the folder cannot be made.
    """
    check_installed()
    try:
        (folder / "received").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"'{folder}' cannot be made a folder ({error.strerror}): choose another with --folder."
        ) from error
    folder = folder.resolve()  # paths that come back are compared with it
    quiet_gradio(folder)
    from impasto.studio.app import build, start  # takes seconds: Gradio is imported there
    from impasto.studio.studios import Studios

    studios = Studios(folder, list(address.logins))
    blocks = build(studios)
    studios.worker.start()
    with closing(studios.worker), closing(blocks):
        start(blocks, studios, address)
        yield address.url
