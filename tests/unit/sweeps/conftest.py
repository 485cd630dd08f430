"""Sweeps over a photograph and a painting."""

from collections.abc import Callable
from pathlib import Path

import pytest

from impasto.sweeps.axes import make_sweep
from impasto.sweeps.cells import Sweep


@pytest.fixture
def make(photograph: Path, painting: Path) -> Callable[..., Sweep]:
    def sweep(*vary: str, **settings: object) -> Sweep:
        return make_sweep(str(photograph), [str(painting)], settings, vary)

    return sweep
