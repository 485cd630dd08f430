"""A studio in a process of its own, and a browser that can reach nothing else."""

import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from impasto import samples
from impasto.job import prepare
from impasto.run import run
from impasto.studio.store import Store
from tests.support.studio import PATIENCE, SMALL, serving

CHROMIUM = (
    os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
)


def missing() -> str:
    """Return what these tests lack, or an empty string."""
    for module in ("gradio", "playwright"):
        if importlib.util.find_spec(module) is None:
            return f"{module} is not installed: run make test"
    return "" if CHROMIUM else "there is no chromium: apt-get install chromium"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs a browser where there is none, and say so."""
    reason = missing()
    here = Path(__file__).parent
    for item in items if reason else []:
        if here in item.path.parents:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def folder(tmp_path_factory) -> Path:
    """The folder of a studio that has painted before."""
    made = tmp_path_factory.mktemp("studio")
    sources = samples.photograph("coffee"), samples.painting("ink")
    painted = [*run(prepare(*sources, SMALL))][-1]
    Store(made / "pictures").add(painted, "coffee in the style of ink", "a" * 32, ("b" * 32,))
    return made


@pytest.fixture(scope="session")
def address(folder: Path) -> Iterator[str]:
    with serving(folder) as url:
        yield url


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # No sandbox: as root, in a container, there is none. Names other than ours do not resolve.
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            timeout=1000 * PATIENCE,
            args=["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def window(browser):
    """A window for all tabs, since one that is new has to load everything again."""
    window = browser.new_context()
    window.set_default_timeout(1000 * PATIENCE)
    yield window
    window.close()


@pytest.fixture
def open_page(window, address) -> Iterator[Callable[..., object]]:
    """Open the page in a tab of its own; at the end, no tab may have asked another host."""
    pages, asked = [], set()

    def make(url: str = address, width: int = 1280, scheme: str = "light", motion: str = "reduce"):
        page = window.new_page()
        pages.append(page)
        page.set_viewport_size({"width": width, "height": 844})
        # Nothing moves by itself, unless a test is about that: what is measured stays there.
        page.emulate_media(color_scheme=scheme, reduced_motion=motion)
        page.on("request", lambda request: asked.add(urlsplit(request.url)))
        page.goto(url)
        page.wait_for_selector("#photographs button")
        return page

    yield make
    for page in pages:
        page.close()
    assert {url.hostname for url in asked if url.scheme not in ("data", "blob")} == {"127.0.0.1"}
