"""What ranks can paint: all that needs the whole picture at once is refused before the work."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from impasto.errors import PictureError, SettingsError
from impasto.job import Job
from impasto.run import Outputs
from impasto.settings import SPECS, Settings

POSSIBLE: Final = (
    *("size", "style_weight", "content_weight", "tv_weight", "style_scale", "style_blend", "tv"),
    *("iterations", "levels", "plan", "converge", "continuation", "learning_rate", "history"),
    *("backbone", "weights", "pooling", "content_layers", "style_layers", "style_loss", "seed"),
    *("normalization", "rescale", "precision", "threads", "memory", "tile", "bits", "resolution"),
    *("recipe", "optimizer", "device", "protect_faces"),
)
"""The settings that may be anything, or are checked one by one."""

USUAL_TILE: Final = 512
"""Side of the tiles if none is given. It does not follow from the memory, so that any number of
ranks, on any machines of a kind, paints the same picture."""

OPTIMIZERS_OF_RANKS: Final = ("lbfgsb", "lbfgs")


def for_ranks(settings: Settings) -> Settings:
    """Return settings with what ranks choose: one thread, and tiles of a usual size.

    Raises:
        SettingsError: If one of them needs the whole picture.
    """
    plain = Settings(**{name: getattr(settings, name) for name in POSSIBLE}).completed()
    for name in SPECS:
        given = getattr(settings.completed(), name)
        if given != getattr(plain, name):
            raise _refused(name, given, "leave it out")
    if settings.protect_faces:
        raise _refused("protect_faces", settings.protect_faces, "leave it out")
    if settings.optimizer not in OPTIMIZERS_OF_RANKS:
        raise _refused("optimizer", settings.optimizer, "choose lbfgsb")
    if settings.device not in (None, "cpu"):
        raise _refused("device", settings.device, "choose cpu")
    if settings.tile == 0:
        raise _refused("tile", 0, f"choose a side like {USUAL_TILE}")
    return settings.replace(
        device="cpu",
        threads=settings.threads or 1,
        tile=settings.tile or USUAL_TILE,
        protect_faces=0.0,
    )


def check_job(job: Job) -> None:
    """Raise SettingsError if a size is too small to be divided."""
    for level in job.levels:
        if min(job.sizes.shape(level.size)) < job.sizes.minimum_side:
            height, width = job.sizes.shape(level.size)
            raise SettingsError(
                f"{width} x {height} pixels are fewer than the network can look at without "
                "padding, which processes that share a picture do not know: use a larger size, or "
                "fewer levels."
            )


def check_outputs(out: Path, outputs: Outputs) -> None:
    """Raise PictureError or SettingsError if ranks cannot write a file that is asked for."""
    if out.suffix.lower() not in (".tif", ".tiff"):
        raise PictureError(
            f"'{out}' cannot be written by processes that share a picture: they write a BigTIFF, "
            "so name a .tif."
        )
    for name in ("animate", "tensorboard", "deepzoom"):
        if getattr(outputs, name) is not None:
            raise _refused(name, getattr(outputs, name), "leave it out")


def _refused(name: str, given: object, remedy: str) -> SettingsError:
    return SettingsError(
        f"{name} is {given}, which processes that share a picture cannot do: {remedy}, or paint "
        "without torchrun."
    )
