"""Which settings exclude each other, each with a sentence that says what to change."""

from __future__ import annotations

from impasto.backbones import BACKBONES, check_layers
from impasto.errors import SettingsError
from impasto.settings.fields import SettingFields


def check_together(settings: SettingFields) -> None:
    """Raise SettingsError if two settings contradict each other."""
    if settings.bits not in (8, 16):
        raise SettingsError(f"bits is {settings.bits}: a file has 8 or 16 bits per channel.")
    for chosen in (settings.content_layers, settings.style_layers):
        check_layers(settings.backbone, [layer for layer, _ in chosen or ()])
    if settings.rescale != "none" and not BACKBONES[settings.backbone].rescalable:
        raise SettingsError(
            f"rescale is '{settings.rescale}' but backbone is '{settings.backbone}': only "
            "convolutions in a row can be rescaled, so choose vgg19, vgg16 or alexnet, or "
            "leave rescale out."
        )
    if settings.auto:
        _check_auto(settings)
    if settings.content_weight == 0 == settings.style_weight:
        raise SettingsError(
            "content_weight and style_weight are both 0: at least one must be larger."
        )
    if settings.plan and settings.plan[-1][0] > settings.size:
        raise SettingsError(
            f"plan ends at {settings.plan[-1][0]} pixels but size is {settings.size}: "
            "a level must not be larger than the result."
        )
    _check_continuation(settings)
    if settings.style_blend and not any(settings.style_blend):
        raise SettingsError("style_blend has only zeros: at least one must be larger.")
    if not settings.style_scale:
        raise SettingsError("style_scale is empty: give one number, or one for each style.")
    _check_controls(settings)


def check_given(settings: SettingFields) -> None:
    """Raise SettingsError if something is given that is to be chosen."""
    if settings.auto and settings.style_weight is not None:
        raise SettingsError(
            f"auto chooses style_weight, which is {settings.style_weight:g}: leave one of them out."
        )


def _check_continuation(settings: SettingFields) -> None:
    # With a plan it may be: that of an interrupted run has ended before its continuation.
    if settings.plan or not settings.continuation or settings.iterations is None:
        return
    if settings.continuation >= settings.iterations:
        raise SettingsError(
            f"continuation is {settings.continuation} and iterations are {settings.iterations}: it "
            "must be smaller, so that the last evaluations see all weights as given."
        )


def _check_controls(settings: SettingFields) -> None:
    if settings.color_match and settings.color != "content":
        raise SettingsError(
            f"color_match is {settings.color_match!r} but color is {settings.color!r}: "
            "colors are matched with color 'content' only."
        )
    if settings.photoreal and settings.photoreal_weight == 0:
        raise SettingsError("photoreal is on and photoreal_weight is 0: leave one of them out.")


def _check_auto(settings: SettingFields) -> None:
    if settings.normalization != "relative":
        raise SettingsError(
            f"auto needs losses without a unit and normalization is {settings.normalization}: "
            "leave out auto or normalization."
        )
    if settings.content_weight == 0:
        raise SettingsError(
            "auto weighs style against content and content_weight is 0: it must be larger."
        )
    if settings.photoreal or settings.photoreal_weight:
        raise SettingsError(
            "auto seeks the weight at which half of the content is lost, and photoreal keeps "
            "it: leave out one of them."
        )
