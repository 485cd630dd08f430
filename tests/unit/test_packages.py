"""What the packages offer to others: names that exist, without torch until they are used."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import impasto

ROOMS = [
    "impasto.backbones",
    "impasto.backbones.fused",
    "impasto.backbones.weights",
    "impasto.machine",
]
PACKAGE = Path(impasto.__file__).parent


@pytest.mark.parametrize("room", ROOMS)
def test_every_name_exists_once_and_in_order(room):
    module = importlib.import_module(room)
    upper, others = ([n for n in module.__all__ if n.isupper() is is_up] for is_up in (True, False))
    assert module.__all__ == sorted(upper) + sorted(others)
    for name in module.__all__:
        assert getattr(module, name) is not None
    with pytest.raises(AttributeError, match=f"module '{room}' has no attribute 'nothing'"):
        module.nothing  # noqa: B018


@pytest.mark.parametrize("room", [room for room in ROOMS if not room.endswith("fused")])
def test_importing_needs_no_torch(room):
    code = f"import sys, {room}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_other_rooms_import_no_inner_module_of_the_backbones():
    allowed = {"impasto.backbones", "impasto.backbones.weights"}
    for path in PACKAGE.rglob("*.py"):
        if path.is_relative_to(PACKAGE / "backbones"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
                "impasto.backbones"
            ):
                assert node.module in allowed, f"{path}: {node.module}"
