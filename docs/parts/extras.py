"""What can be installed besides."""

from __future__ import annotations

from docs.parts.markdown import table

from impasto.extras import EXTRAS

BRINGS = {
    "studio": "the [page](studio.md) in the browser",
    "curves": "loss curves, and the charts of reports",
    "faces": "faces are found, and [painted with care](how-to-choose.md)",
    "heic": "HEIC photographs, as phones take them",
    "video": "painting a film; films of a painting as `.mp4` (`.gif`, `.webp` need nothing)",
    "cluster": "`--workers` and `--cluster`: several processes or [machines](batches.md)",
    "sound": "[sounds](sound.md), read and written",
    "tensorboard": "`--tensorboard`",
    "matconvnet": "weights in MatConvNet's `.mat`",
}
"""What each extra is for."""


def extras() -> str:
    """Return the extras, each with what it brings and its package."""
    rows = [(f"`{name}`", BRINGS[name], f"`{' '.join(EXTRAS[name])}`") for name in BRINGS]
    return table(("extra", "what it brings", "package"), rows)
