"""Write a manual page for every command into build/man."""

from __future__ import annotations

from pathlib import Path

from click_man.core import write_man_pages

from impasto import __version__
from impasto.cli import cli

FOLDER = Path(__file__).resolve().parent.parent / "build" / "man"


def main() -> None:
    """Write them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    write_man_pages("impasto", cli, version=__version__, target_dir=str(FOLDER))
    print(FOLDER)


if __name__ == "__main__":
    main()
