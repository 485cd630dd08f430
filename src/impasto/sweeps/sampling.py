"""Some cells of a sweep, drawn at random: what is seen of many settings in little time.

Source: Bergstra and Bengio (2012), "Random search for hyper-parameter optimization", section 1.
"""

from __future__ import annotations

import random
from dataclasses import replace

from impasto.errors import SettingsError
from impasto.sweeps.cells import Axis, AxisValue, Sweep


def sampled(sweep: Sweep, count: int, seed: int = 0) -> Sweep:
    """Return a sweep of some cells, drawn without repetition, the same for the same seed.

    They stand on one axis. Their files are named as in the whole sweep, so that cells which an
    earlier sample or the whole sweep has painted are kept.

    Args:
        sweep: All cells.
        count: How many are drawn; all if there are fewer.
        seed: Of the draw.

    Raises:
        SettingsError: If it is none.
    """
    if count < 1:
        raise SettingsError(f"sample is {count}: it must be 1 or more.")
    if count >= len(sweep.cells):
        return sweep
    places = sorted(random.Random(seed).sample(range(len(sweep.cells)), count))
    cells = [sweep.cells[place] for place in places]
    labels = [
        ", ".join(f"{axis.name.replace('_', ' ')} {value.label}"
                  for axis, value in zip(sweep.axes, sweep.values(cell), strict=True))
        for cell in cells
    ]  # fmt: skip
    note = f"{count} of {len(sweep.cells)} combinations, drawn at random with the seed {seed}."
    return replace(
        sweep,
        axes=(Axis("sample", tuple(AxisValue(label, {}) for label in labels)),),
        cells=tuple(replace(cell, place=(at,)) for at, cell in enumerate(cells)),
        notes=(note, *sweep.notes),
    )
