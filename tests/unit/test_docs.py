"""The documentation says what the code does: generated parts, links, code, commands, versions."""

import ast
import doctest
import importlib
import re
import shlex
from itertools import takewhile
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import click
import pytest
from docs import generate

import impasto
from impasto.cli import CONTEXT, cli
from impasto.cli.options import given
from impasto.settings import SPECS, Settings

ROOT = generate.ROOT
PAGES = [path.relative_to(ROOT).as_posix() for path in generate.pages()]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(<?([^)>\s]+)>?(?: \"[^\"]*\")?\)")


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def prose(page: str) -> str:
    """A page without its blocks of code."""
    return FENCE.sub("", page)


def code(page: str, *languages: str) -> list[str]:
    return [found[1] for found in FENCE.findall(page) if found[0] in languages]


def anchors(page: str) -> set[str]:
    """The headings as GitHub names them in links."""
    heads = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.strip().lower()).replace(" ", "-") for head in heads}


def commands(name: str) -> list[list[str]]:
    """Every `impasto ...` in the blocks of code of a page, as arguments."""
    found = []
    for block in code(text(name), "sh", "bash", "console", "shell"):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line.removeprefix("$ "), comments=True)
            if words and Path(words[0]).name == "impasto":
                found.append(list(takewhile(lambda word: word not in "|>&&;", words[1:])))
    return found


@pytest.fixture(scope="module")
def current() -> dict[Path, str]:
    return generate.current()


@pytest.mark.parametrize("name", PAGES)
def test_generated_parts_are_current(name, current):
    assert text(name) == current[ROOT / name], "run make docs"


def test_every_part_is_on_a_page_and_says_who_writes_it():
    parts = [found for name in PAGES for found in generate.PART.finditer(text(name))]
    assert {found[2] for found in parts} == set(generate.PARTS)
    for found in parts:
        assert found[0].splitlines()[2].startswith("*Written by `make docs` from [`"), found[2]


def test_a_link_to_a_line_quotes_exactly_one_line(monkeypatch):
    page = ROOT / "docs" / "cli.md"
    link = '[`errors.py`, line 1](../src/impasto/{}#L1 "{}")'
    found, stale = generate.refresh(link.format("errors.py", "class FetchError("), page)
    assert int(found.split("#L")[1].split()[0]) > 1
    assert not stale
    wrong = [
        link.format(path, quoted)
        for path, quoted in [("errors.py", "no such code"), ("errors.py", "class "), ("x.py", "y")]
    ]
    _, (none, several, nowhere) = generate.refresh("\n".join(wrong), page)
    assert none.startswith("docs/cli.md: quotes 'no such code', which is in no line of src/imp")
    assert several.startswith("docs/cli.md: quotes 'class ', which is in lines ")
    assert nowhere.startswith("docs/cli.md: quotes 'y' from ../src/impasto/x.py")
    monkeypatch.setattr(generate, "refresh", lambda text, page: (text, [none]))
    with pytest.raises(SystemExit, match="no such code"):
        generate.current()


def test_every_command_and_every_setting_is_documented():
    page = text("docs/cli.md")
    for name in [*cli.commands, "models fetch"]:
        assert f"### impasto {name}\n" in page
    for name in SPECS:
        assert re.search(rf"^\| `--{name.replace('_', '-')}[ `]", page, re.MULTILINE), name


@pytest.mark.parametrize("name", [name for name in PAGES if name.startswith("docs/")])
def test_every_page_begins_with_the_question_that_it_answers(name):
    assert re.match(r"# .+\n\n\*[A-Z][^*]+\?\*\n\n", text(name))


@pytest.mark.parametrize("name", PAGES)
def test_a_link_from_a_name_leads_to_the_file_that_has_it(name):
    for symbol, path in re.findall(r"\[`(\w+)`\]\(([^)#\s]+\.py)\)", prose(text(name))):
        file = (ROOT / name).parent / path
        named = file.stem == symbol or file.parent.name == symbol
        assert named or re.search(rf"\b{symbol}\b", file.read_text("utf-8")), symbol


def test_artists_are_told_about_every_setting_of_a_painting():
    page = text("docs/how-to-choose.md")
    for name, knob in SPECS.items():
        if knob.group == "Painting":
            assert re.search(rf"\b{name}\b", page), name


@pytest.mark.parametrize("name", PAGES)
def test_every_relative_link_leads_somewhere(name):
    page = text(name)
    for target in LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = unquote(target).partition("#")
        there = (ROOT / name).parent / path if path else ROOT / name
        assert there.exists(), f"{target} leads nowhere"
        if anchor and there.suffix == ".md":
            assert anchor in anchors(there.read_text(encoding="utf-8")), target
        elif anchor:
            assert f'{target} "' in page, f"{target} may go stale: quote its line, see generate.py"


@pytest.mark.parametrize("name", PAGES)
def test_python_compiles_and_what_it_imports_exists(name):
    for block in code(text(name), "python", "py"):
        for node in ast.walk(ast.parse(block)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("impasto"):
                module = importlib.import_module(node.module or "")
                assert all(hasattr(module, alias.name) for alias in node.names), node.module
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("stylize"):
                named = {word.arg for word in node.keywords if word.arg}
                assert named <= {*SPECS, "progress", "content", "style"}, named


def test_the_code_of_the_readme_runs(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (block,) = code(text("README.md"), "python")
    assert len(block.splitlines()) <= 12
    exec(compile(block.replace("size=256", "size=32, iterations=2"), "README.md", "exec"), {})
    assert (tmp_path / "coffee.png").exists()


def test_the_page_on_extending_has_every_example_plugin_as_it_is():
    blocks = code(text("docs/extending.md"), "python")
    files = sorted((ROOT / "examples" / "plugins").glob("*.py"))
    assert len(files) >= 4
    for path in files:
        assert path.read_text(encoding="utf-8") in blocks, path


def test_the_page_on_extending_runs(monkeypatch, forget_plugins):
    monkeypatch.chdir(ROOT)
    (block,) = [b for b in code(text("docs/extending.md"), "python") if "load_plugin" in b]
    block, found = block.replace("size=48", "size=32, iterations=1"), dict[str, Any]()
    exec(compile(block, "docs/extending.md", "exec"), found)
    assert found["painted"].settings.style_loss == (("skew", 1.0),)


@pytest.mark.parametrize("name", [name for name in PAGES if code(text(name), "pycon")])
def test_examples_answer_as_the_page_says(name):
    typed = "\n".join(code(text(name), "pycon"))
    examples = doctest.DocTestParser().get_doctest(typed, {}, name, name, 0)
    said: list[str] = []
    outcome = doctest.DocTestRunner(verbose=False).run(examples, out=said.append)
    assert outcome.attempted >= 10
    assert not outcome.failed, "".join(said)


def test_every_equation_is_explained_and_the_gram_matrix_three_times():
    page = text("docs/algorithm.md")
    for way in ["gram_literally", "F @ F.T", "left @ left.T", "equation_2", "equation_6"]:
        assert any(way in block for block in code(page, "pycon")), way
    heads = " ".join(re.findall(r"^### (.*)$", page, re.MULTILINE))
    named = re.findall(r"equations? (\d)(?: (?:and|to) (\d))?", heads)
    covered = {n for a, b in named for n in range(int(a), int(b or a) + 1)}
    assert covered == set(range(1, 8))


def test_every_finding_has_its_command():
    _, *sections = re.split(r"^## ", text("docs/findings.md"), flags=re.MULTILINE)
    assert len(sections) == 7
    for section in sections:
        blocks = code(section, "sh")
        assert any(re.search(r"impasto |python -m benchmarks ", b) for b in blocks), section[:60]


@pytest.mark.parametrize("name", PAGES)
def test_every_command_on_a_page_can_be_typed(name):
    for arguments in commands(name):
        command: click.Command = cli
        rest = list(arguments)
        parent = None
        while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
            parent = click.Context(command, parent, **CONTEXT)
            command = command.commands[rest.pop(0)]
        if {"--help", "-h", "--version", "--list"} & set(rest) or isinstance(command, click.Group):
            continue
        context = command.make_context(command.name, rest, parent)
        Settings(**given({name: context.params.get(name) for name in SPECS}))


def test_pages_have_commands_to_check():
    assert len(commands("docs/how-to-choose.md")) >= 5


def test_every_deviation_is_in_the_list():
    page = text("docs/algorithm.md").partition("## Where Impasto differs")[2].partition("\n## ")[0]
    listed = set(re.findall(r"\(\.\./(src/[^)#]+)\)", page))
    commented = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "src").rglob("*.py")
        if "# Differs from Gatys et al." in path.read_text(encoding="utf-8")
    }
    assert commented
    assert commented <= listed, "list it in docs/algorithm.md, with a link to the file"


def test_every_equation_has_its_line_in_the_library_and_on_the_page():
    rows = re.findall(r"^\| ([1-7]) \|.*$", text("docs/algorithm.md"), re.MULTILINE)
    assert rows == list("1234567")


def test_changelog_begins_with_this_version():
    versions = re.findall(r"^## \[?v?(\d[\w.]*)\]?", text("CHANGELOG.md"), re.MULTILINE)
    assert versions[0] == impasto.__version__


def test_citation_has_this_version_and_what_the_format_requires():
    lines = text("CITATION.cff").splitlines()
    top = dict(line.split(":", 1) for line in lines if re.match(r"[\w-]+:", line))
    assert top["version"].strip(' "') == impasto.__version__
    assert top["cff-version"].strip() == "1.2.0"
    assert {"message", "title", "authors", "license", "references"} <= set(top)
    assert not any("\t" in line or line != line.rstrip() for line in lines)
    assert all(re.match(r" *(- )?[\w-]+:( .+)?$|  - \"[^\"]+\"$", line) for line in lines)
    assert "arXiv:1508.06576" in text("CITATION.cff")


@pytest.mark.parametrize(
    "name",
    [
        "Visual Geometry Group, University of Oxford",
        *("CC BY 4.0", "Copyright (c) 2020 Huan Wang", "Kodak", "COCO 2017", "libvips"),
        "src/impasto/samples/README.md",
    ],
)
def test_notice_names_whom_we_owe(name):
    assert name in " ".join(text("NOTICE").split())


def test_options_named_in_the_text_exist():
    below = [child for c in cli.commands.values() for child in getattr(c, "commands", {}).values()]
    commands = [cli, *cli.commands.values(), *below]
    known = {option for command in commands for p in command.params for option in p.opts}
    for name in ["README.md", *(page for page in PAGES if page.startswith("docs/"))]:
        for span in re.findall(r"`(--[^`]+)`", prose(text(name))):
            for option in re.findall(r"--[a-z][a-z-]*", span):
                assert option in {*known, "--help", "--version"}, f"{name}: {option}"


def test_advice_to_artists_can_be_typed():
    paint = cli.commands["paint"]
    for span in re.findall(r"`(--[^`]+ [^`]+)`", prose(text("docs/how-to-choose.md"))):
        context = paint.make_context("paint", ["photo", "painting", *span.split()])
        Settings(**given({name: context.params.get(name) for name in SPECS}))
