"""Paint the pictures of the documentation: ``python -m docs.pictures [NAME ...]``."""

from __future__ import annotations

import sys
from pathlib import Path

from docs.pictures import control, findings, knobs, losses, readme, video

IMAGES = Path(__file__).resolve().parent.parent / "images"

SHEETS = {**knobs.SHEETS, **findings.SHEETS, **control.SHEETS, **losses.SHEETS, **readme.SHEETS,
          **video.SHEETS}  # fmt: skip
"""File name to the function that paints it."""


def main() -> None:
    """Paint all sheets, or those named."""
    for name in sys.argv[1:] or SHEETS:
        SHEETS[name]().save(IMAGES / f"{name}.jpg", quality=88, optimize=True)
        print(IMAGES / f"{name}.jpg")


if __name__ == "__main__":
    main()
