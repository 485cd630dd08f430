"""From a preset and what is given to settings.

A preset fills in what is not given. It is written for one network; on another one, whose features
have another scale, its absolute weights mean nothing. There the losses are relative, α and β are
that network's default balance, and layers that it does not have become its default layers. The same
holds on its own network if relative losses are asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from impasto.backbones import BACKBONES
from impasto.backbones.weights import PUBLISHED
from impasto.errors import WeightsError, look_up
from impasto.normalization import NORMALIZATIONS
from impasto.settings.combinations import check_exclusive
from impasto.settings.fields import check
from impasto.settings.presets import IN_ALL_PRESETS, PRESETS
from impasto.settings.settings import Settings


def apply(name: str | None, given: Mapping[str, Any]) -> Settings:
    """Return the settings of a preset with the given ones in their places.

    Args:
        name: A row of `PRESETS`, or None for no preset.
        given: Settings by name, as text or values; they win over the preset's.

    Raises:
        UsageError: If there is no such preset, a setting is wrong or leaves another nothing to
            decide, or the weights that the preset is meant for are not here.

    Example:
        >>> settings = apply("paper", {"backbone": "pocket", "size": "256"})
        >>> settings.init, settings.size, settings.normalization
        ('noise', 256, 'relative')
    """
    check_exclusive(given)
    return Settings(**expand(name, given))


def expand(name: str | None, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a preset with the given ones in their places; see `apply`."""
    if name is None:
        return dict(given)
    preset = look_up(PRESETS, name, "preset")
    values = IN_ALL_PRESETS | dict(preset.values)
    backbone = check("backbone", given.get("backbone", values["backbone"]))
    own = backbone == values["backbone"]
    relative = given.get("normalization", values["normalization"]) == "relative"
    if not own or (relative and values["normalization"] != "relative"):
        values = with_relative_losses(values, backbone)
    if own and "weights" not in given and preset.weights:
        values["weights"] = find_weights_of(name)
    if preset.plan is not None and not {"plan", "levels", "iterations"} & given.keys():
        values["plan"] = preset.plan(check("size", given.get("size", values["size"])))
    return {**values, **given}


def with_relative_losses(values: Mapping[str, Any], backbone: str) -> dict[str, Any]:
    """Return a preset's values with losses whose scale is no network's, for any network."""
    network, relative = BACKBONES[backbone], NORMALIZATIONS["relative"]
    smooth = values.get("tv_weight", relative.tv_weight) != 0
    as_given = values["normalization"] == "relative"
    changed = {**values, "backbone": backbone, "normalization": "relative", "rescale": "none"}
    for group in ("content_layers", "style_layers"):
        # An absolute layer weight carries the scale of the network's features.
        layers = tuple((layer, weight if as_given else 1.0) for layer, weight in values[group])
        known = all(layer in network.layers for layer, _ in layers)
        changed[group] = layers if known else getattr(network, group)
    changed["content_weight"] = relative.content_weight
    changed["style_weight"] = network.effort.style_weight
    changed["tv_weight"] = relative.tv_weight if smooth else 0.0
    return changed


def weights_are_here(name: str) -> bool:
    """Tell whether a preset can be used without another file: its weights, or any, are here."""
    sources = look_up(PRESETS, name, "preset").weights
    return not sources or any(PUBLISHED[source].path().is_file() for source in sources)


def find_weights_of(name: str) -> str:
    """Return the weight file that a preset is meant for.

    Raises:
        WeightsError: If it is not here; the message says what to do.
    """
    sources = PRESETS[name].weights
    paths = [PUBLISHED[source].path() for source in sources]
    for path in paths:
        if path.is_file():
            return str(path)
    raise WeightsError(
        f"the weights of the preset '{name}' are not here: run `impasto models fetch {sources[0]}` "
        f"({PUBLISHED[sources[0]].megabytes} MB, once), give a file with --weights, or take a "
        "network that comes with the package: --backbone vgg19."
    )
