"""Mix scales: the fine strokes of one painting, the forms and colors of another.

Source: Gatys et al. (2017), "Controlling Perceptual Factors in Neural Style Transfer", section 6.
"""

from __future__ import annotations

from dataclasses import replace

from impasto.controls import Controls, recolor, transport
from impasto.errors import SettingsError
from impasto.images import MIN_LONG_SIDE, Picture
from impasto.job import Job, active_layers, choose, style_losses
from impasto.settings import MACHINE_CHOICES, CompleteSettings, LayerWeights, Settings

KEPT = (
    *("backbone", "weights", "pooling", "rescale", "content_layers", "style_loss", "normalization"),
    *("style_weight", "optimizer", "learning_rate", "history", "memory"),
)
"""Settings of a painting that hold while its style pictures get their fine strokes, too."""


def mixing_jobs(job: Job) -> list[Job]:
    """Return the jobs that give each style picture of a job its fine strokes, if it wants any.

    Each starts from the style picture and has no content loss: its forms stay for want of a reason
    to change, since only the finer half of the style layers is compared. The fine picture gets the
    colors of the style picture first.
    """
    if job.fine_style is None:
        return []
    try:
        choose(style_losses(job.settings), dict(fine_layers(job.settings)), job.backbone)
    except SettingsError as error:
        raise SettingsError(
            f"fine_style compares the finer style layers only, and {error}"
        ) from None
    sizes = job.sizes.style_sizes(job.settings.size)
    return [
        _mixing(job, job.fine_style, style, size)
        for style, size in zip(job.styles, sizes, strict=True)
    ]


def fine_layers(settings: CompleteSettings) -> LayerWeights:
    """Return the finer half of the style layers."""
    layers = tuple(active_layers(settings)[1].items())
    return layers[: max(len(layers) // 2, 1)]


def _mixing(job: Job, fine: Picture, style: Picture, size: int) -> Job:
    kept = {name: getattr(job.settings, name) for name in KEPT}
    machine = {name: getattr(job.settings, name) for name in MACHINE_CHOICES}
    # Larger than it is, the style picture would only be blurred.
    size = max(min(size, max(style.rgb.shape[:2])), MIN_LONG_SIDE)
    settings = Settings(
        **kept,
        size=size,
        plan=((size, job.settings.iterations),),
        style_layers=fine_layers(job.settings),
        content_weight=0,
        tv_weight=0,
    ).resolved(**machine)
    strokes = recolor(fine.over_white(), style.over_white(), transport, [(None, None)])
    return replace(
        job, settings=settings, content=style, styles=(Picture(strokes),), init=None,
        fine_style=None, controls=Controls(settings), notes=(),
    )  # fmt: skip
