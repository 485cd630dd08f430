"""A wheel paints from another folder; the site and the manual pages are whole.

They need the network, to build, and a minute: `make test-release`, which .ci/run runs.
"""

import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from impasto import __version__, images
from impasto.cli import cli

pytestmark = pytest.mark.skipif(
    "IMPASTO_RELEASE" not in os.environ, reason="make test-release tries what is shipped"
)

ROOT = Path(__file__).parents[2]


def run(*command: object, folder: Path, **environment: str) -> str:
    """Run a command, which must not fail, and return what it prints."""
    outside = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [*map(str, command)],
        cwd=folder,
        env={**outside, "OMP_NUM_THREADS": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory) -> Path:
    """A folder with an environment into which only the wheel was installed.

    What Impasto depends on is taken from the environment of the tests: the folder of its packages
    is on the path, but no ``.pth`` file in it is read, so an editable Impasto is not seen.
    """
    folder = tmp_path_factory.mktemp("elsewhere")
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", folder, ROOT,
        folder=folder)  # fmt: skip
    (wheel,) = folder.glob("impasto-*.whl")
    run(sys.executable, "-m", "venv", folder / "clean", folder=folder)
    python = folder / "clean" / ("Scripts" if os.name == "nt" else "bin") / "python"
    purelib = run(python, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])",
                  folder=folder).strip()  # fmt: skip
    Path(purelib, "dependencies.pth").write_text(sysconfig.get_paths()["purelib"])
    run(python, "-m", "pip", "install", "--quiet", "--no-deps", wheel, folder=folder)
    return folder


def test_the_wheel_paints_from_another_folder(elsewhere):
    command = elsewhere / "clean" / ("Scripts" if os.name == "nt" else "bin") / "impasto"
    assert run(command, "--version", folder=elsewhere) == f"impasto {__version__}\n"
    where = run(command.with_name("python"), "-c", "import impasto; print(impasto.__file__)",
                folder=elsewhere)  # fmt: skip
    assert Path(where.strip()).is_relative_to(elsewhere)
    out = run(command, "demo", "--size", 64, "--output", "out", folder=elsewhere).strip()
    assert max(images.read(elsewhere / out).rgb.shape[:2]) == 64


def test_there_is_a_manual_page_for_every_command():
    pages = {path.stem for path in (ROOT / "build" / "man").glob("*.1")}
    assert {f"impasto-{name}" for name in cli.commands} <= pages
    assert "\\-\\-style\\-weight" in (ROOT / "build" / "man" / "impasto-paint.1").read_text()


def test_the_site_has_every_page_and_asks_no_other_host():
    site = ROOT / "build" / "site"
    pages = {path.stem for path in site.glob("*.html")}
    assert {path.stem for path in (ROOT / "docs").glob("*.md")} | {"index"} <= pages
    asked = re.compile(r'<(?:script|img|link rel="stylesheet")[^>]*(?:src|href)="https?:')
    for page in site.glob("*.html"):
        assert not asked.search(page.read_text(encoding="utf-8")), page
