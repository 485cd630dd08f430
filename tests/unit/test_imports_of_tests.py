"""A test can be read, moved and removed alone: none takes anything from another."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
MODULES = sorted(TESTS.rglob("*.py"))


def imported(source: str) -> Iterator[str]:
    """Yield the dotted name of everything that a module imports, wherever in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module or ''}.{alias.name}" for alias in node.names)


def taken_from_tests(source: str) -> list[str]:
    """Return the imports of modules that hold tests, or the fixtures of a folder."""
    return [
        name
        for name in imported(source)
        if any(part.startswith("test_") or part == "conftest" for part in name.split("."))
    ]


def test_no_module_here_imports_a_module_of_tests():
    assert Path(__file__) in MODULES
    found = {path: taken_from_tests(path.read_text(encoding="utf-8")) for path in MODULES}
    assert {str(path): names for path, names in found.items() if names} == {}


@pytest.mark.parametrize(
    "source",
    [
        "from tests.unit.test_tiles import both",
        "from tests.unit import test_tiles",
        "import tests.unit.test_tiles as tiles",
        "from .test_tiles import both",
        "from . import test_tiles",
        "from tests.e2e.conftest import impasto",
        "def test_it():\n    from tests.unit.test_tiles import both",
    ],
)
def test_an_import_of_a_module_of_tests_is_seen(source):
    assert taken_from_tests(source)
    assert not taken_from_tests("from tests.support.narrow_networks import both")


def test_what_tests_share_holds_no_test():
    for path in (TESTS / "support").rglob("*.py"):
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        names = [n.name for n in nodes if isinstance(n, ast.FunctionDef | ast.ClassDef)]
        assert not [name for name in names if name.lower().startswith("test")], path
