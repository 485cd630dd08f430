"""What ships Impasto says the same everywhere: extras, recipes, workflows, and whom they ask."""

import re
import tomllib
from pathlib import Path

import pytest

from impasto.extras import EXTRAS, install

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def test_sentences_install_what_the_extras_bring():
    declared = PROJECT["optional-dependencies"]
    assert {name: list(packages) for name, packages in EXTRAS.items()} == {
        name: declared[name] for name in EXTRAS
    }
    (everything,) = [each for each in declared["test"] if each.startswith("impasto[")]
    assert set(re.findall(r"\w+", everything)[1:]) == set(EXTRAS)
    assert install("heic") == 'python -m pip install "pillow-heif>=0.18,<2"'
    assert install("video").count('"') == 4  # two packages


def test_what_installs_an_extra_is_written_in_one_place():
    """Before there is an index that has Impasto, ``pip install impasto[...]`` finds nothing."""
    for path in (ROOT / "src").rglob("*"):
        if path.suffix in (".py", ".html", ".md"):
            assert "impasto[" not in path.read_text(encoding="utf-8"), path


def test_the_conda_recipe_has_what_the_package_depends_on():
    recipe = (ROOT / "packaging" / "conda" / "meta.yaml").read_text(encoding="utf-8")
    run = recipe.partition("  run:\n")[2].partition("\ntest:")[0]
    listed = dict(re.findall(r"- ([\w-]+) (\S+)", run))
    assert listed.pop("python") == PROJECT["requires-python"]
    wanted = dict(re.fullmatch(r"([\w-]+)(?:\[\w+\])?(.+)", each).groups()
                  for each in PROJECT["dependencies"])  # fmt: skip
    wanted["pytorch"] = wanted.pop("torch")  # what conda calls it
    assert listed == wanted


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_is_yaml_whose_jobs_have_steps(path):
    yaml = pytest.importorskip("yaml")
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert {"name", True, "permissions", "jobs"} <= set(workflow)  # YAML reads ``on`` as true
    for job in workflow["jobs"].values():
        assert job["runs-on"]
        for step in job["steps"]:
            assert ("run" in step) != ("uses" in step)
            assert re.fullmatch(r"[\w./-]+@[\w./]+", step.get("uses", "a@v1"))


def test_nothing_is_published_with_a_token_that_is_kept():
    release = (ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")
    assert "id-token: write" in release
    assert "secrets." not in release


def test_who_runs_in_the_container_is_no_superuser():
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    words = [line.split()[0] for line in lines if re.match(r"[A-Z]+ ", line)]
    assert set(words) <= {"FROM", "WORKDIR", "COPY", "RUN", "ARG", "USER", "ENV", "EXPOSE",
                          "ENTRYPOINT", "CMD"}  # fmt: skip
    assert words.index("USER") < words.index("ENTRYPOINT")
    copied = [source for line in lines if line.startswith("COPY ") and "--from" not in line
              for source in line.split()[1:-1]]  # fmt: skip
    allowed = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for source in copied:
        assert (ROOT / source).exists()
        assert f"!{source}" in allowed
    # The wheel takes from the project file nothing that was not copied.
    assert {PROJECT["readme"], *PROJECT["license-files"]} <= set(copied)
