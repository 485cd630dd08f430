"""The house: who may import whom is import-linter's; the rest of what keeps it readable is here."""

import ast
import inspect
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

import impasto
from impasto.cli import cli
from impasto.objective import Objective

ROOT = Path(impasto.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
ROOMS = {path.name for path in ROOT.iterdir() if (path / "__init__.py").exists()}

LOOP = "minimize"


def name_of(file: Path) -> str:
    return str(file.relative_to(ROOT))


def imports(file: Path) -> Iterator[tuple[str, ...]]:
    """Yield the modules of the project that a file imports from, wherever in it, as their parts."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "impasto":
            yield tuple((node.module or "").split("."))


def functions(file: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            yield node


def test_the_page_to_read_first_stands_on_few_others():
    assert len(set(imports(ROOT / "transfer.py"))) <= 8


def test_its_functions_are_seen_at_a_glance():
    for function in functions(ROOT / "transfer.py"):
        assert (function.end_lineno or 0) - function.lineno < 25, function.name


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_nobody_looks_into_a_neighbors_room(file: Path):
    own = file.relative_to(ROOT).parts[0]
    for module in imports(file):
        neighbor = len(module) > 2 and module[1] in ROOMS and module[1] != own
        is_room = ROOT.joinpath(*module[1:], "__init__.py").exists()
        assert is_room or not neighbor, f"{'.'.join(module)} is not for {name_of(file)}"


@pytest.mark.parametrize("room", sorted(ROOMS - {"cli", "studio"}))
def test_every_room_says_who_lives_there(room: str):
    tree = ast.parse((ROOT / room / "__init__.py").read_text(encoding="utf-8"))
    said = ast.get_docstring(tree) or ""
    for file in (ROOT / room).glob("*.py"):
        if file.name != "__init__.py":
            assert file.name in said, f"impasto.{room} does not say what {file.name} is"


def test_no_two_classes_or_constants_have_one_name():
    homes = defaultdict(set)
    for file in FILES:
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            names = [node.name] if isinstance(node, ast.ClassDef) else []
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                names = [node.target.id]
            elif isinstance(node, ast.Assign):
                for target in node.targets:
                    parts = target.elts if isinstance(target, ast.Tuple) else [target]
                    names += [part.id for part in parts if isinstance(part, ast.Name)]
            for name in names:
                if not name.startswith("_"):
                    homes[name].add(name_of(file))
    assert {name: files for name, files in homes.items() if len(files) > 1} == {}


FACTORIES = {
    *("arange", "asarray", "empty", "eye", "full", "linspace", "ones", "rand", "randint", "randn"),
    *("randperm", "tensor", "zeros"),
}
"""Functions of torch that make tensors on the default device, which a caller may have changed."""


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_every_new_tensor_says_where_it_lies(file: Path):
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        called = ast.unparse(node.func).split(".") if isinstance(node, ast.Call) else []
        if called[:1] == ["torch"] and called[1:] and called[1] in FACTORIES:
            names = {keyword.arg for keyword in node.keywords}
            assert "device" in names, f"{name_of(file)}:{node.lineno}"


@pytest.fixture
def stacks(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The names of the project's functions that were being called when the loop evaluated."""
    found: list[list[str]] = []
    evaluate = Objective.__call__

    def spy(self: Objective, image: object) -> object:
        stack = [frame for frame in inspect.stack() if ROOT in Path(frame.filename).parents]
        found.append([frame.function for frame in reversed(stack)])
        return evaluate(self, image)  # type: ignore[arg-type]

    monkeypatch.setattr(Objective, "__call__", spy)
    return found


def hops(stacks: list[list[str]], first: str) -> int:
    """Return how many calls lie between a function and the loop."""
    last = next(stack for stack in stacks if LOOP in stack)
    return last.index(LOOP) - last.index(first)


def test_from_the_command_to_the_loop_are_four_calls(
    stacks: list[list[str]], photograph: Path, painting: Path, tmp_path: Path
):
    arguments = ["--size", "32", "--iterations", "1", "--levels", "1", "--quiet"]
    out = str(tmp_path / "out.png")
    command = ["paint", str(photograph), str(painting), "-o", out, *arguments]
    cli.main(command, standalone_mode=False)
    assert Path(out).exists()
    # The command and the generator that transfer.paint is have one name: the first is meant.
    assert hops(stacks, "paint") <= 4


def test_from_the_library_to_the_loop_are_three_calls(
    stacks: list[list[str]], photograph: Path, painting: Path
):
    impasto.stylize(photograph, painting, size=32, iterations=1, levels=1, backbone="pocket")
    assert hops(stacks, "stylize") <= 3
