"""A network for tests of weight files, in the table with the others."""

from pathlib import Path

import pytest

from impasto.backbones import BACKBONES
from tests.support.tiny_vgg import TINY


@pytest.fixture
def tiny_vgg(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Add the backbone 'tiny', and look for fetched weights where none are."""
    monkeypatch.setenv("IMPASTO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setitem(BACKBONES, "tiny", TINY)
