"""Which layers and losses the settings ask for."""

from __future__ import annotations

from impasto.backbones import Backbone
from impasto.job.style_terms import Choice, choose
from impasto.settings.settings import Settings


def wanted_layers(settings: Settings) -> list[str]:
    """Return every layer that the losses look at."""
    return [layer for layers in active_layers(settings) for layer in layers]


def active_layers(settings: Settings) -> tuple[dict[str, float], dict[str, float]]:
    """Return the content and the style layers with their weights; those of weight 0 are left out.

    What has no weight is neither computed nor required.
    """
    content = dict(settings.content_layers) if settings.content_weight else {}
    # Before `auto` has chosen it, the style weight is None.
    style = dict(settings.style_layers) if settings.style_weight != 0 else {}
    return {k: w for k, w in content.items() if w}, {k: w for k, w in style.items() if w}


def style_losses(settings: Settings) -> dict[str, float]:
    """Return the style losses with their weights; those of weight 0 are left out."""
    if settings.style_weight == 0:
        return {}
    return {name: weight for name, weight in settings.style_loss if weight}


def choices_of(settings: Settings, backbone: Backbone) -> list[Choice]:
    """Return which style losses look at which layers."""
    return choose(style_losses(settings), active_layers(settings)[1], backbone)
