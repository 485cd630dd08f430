"""One studio with two users, one browser that can reach nothing else, and pictures in the history.

All tests share them, and each opens a page of its own, which begins empty. What only has to be
there, finished pictures, is put there before the studio starts.
"""

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
from impasto.studio.entry import Entry
from impasto.studio.store import Store
from tests.support.studio import PATIENCE, SMALL, serving

CHROMIUM = (
    os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
)

PASSWORDS = {"ann": "correct horse", "ben": "battery staple"}


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


def put_into_history(folder: Path, style_weight: float) -> Entry:
    """Paint samples, tiny, and put the picture where a studio finds it when it starts."""
    sources = samples.photograph("coffee"), samples.painting("ink")
    settings = SMALL.replace(size=64, iterations=6, style_weight=style_weight)
    painted = [*run(prepare(*sources, settings))][-1]
    names = "photograph-coffee", ("painting-ink",)
    return Store(folder / "pictures").add(painted, "coffee in the style of ink", *names)


@pytest.fixture(scope="session")
def folder(tmp_path_factory) -> Path:
    """The folder of a studio whose first user has painted one photograph twice."""
    made = tmp_path_factory.mktemp("studio")
    for style_weight in (20, 60):
        put_into_history(made, style_weight)
    return made


@pytest.fixture
def store(folder) -> Callable[[], Store]:
    """Return what is in the history now."""
    return lambda: Store(folder / "pictures")


@pytest.fixture(scope="session")
def address(folder: Path) -> Iterator[str]:
    users = [word for user in PASSWORDS for word in ("--user", user)]
    passwords = "\n".join(PASSWORDS.values())
    program = "tests.support.quick_studio"
    with serving(folder, *users, program=program, IMPASTO_STUDIO_PASSWORD=passwords) as url:
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
def logged_in(browser, address) -> Iterator[Callable[[str], object]]:
    """Return the window of a user: all pages in it share the login and what was loaded once."""
    windows = {}

    def window(user: str):
        if user not in windows:
            windows[user] = browser.new_context()
            windows[user].set_default_timeout(1000 * PATIENCE)
            page = windows[user].new_page()
            page.goto(address)
            page.locator("input").first.fill(user)
            page.locator("input[type=password]").fill(PASSWORDS[user])
            page.get_by_role("button", name="Login").click()
            page.wait_for_selector("#photographs button")
            page.close()
        return windows[user]

    yield window
    for each in windows.values():
        each.close()


@pytest.fixture
def open_page(logged_in, address) -> Iterator[Callable[..., object]]:
    """Open the page in a tab of its own; at the end, no tab may have asked another host."""
    pages, asked = [], set()

    def make(width: int = 1280, scheme: str = "light", motion: str = "reduce", user: str = "ann"):
        page = logged_in(user).new_page()
        pages.append(page)
        page.set_viewport_size({"width": width, "height": 844})
        # Nothing moves by itself, unless a test is about that: what is measured stays there.
        page.emulate_media(color_scheme=scheme, reduced_motion=motion)
        page.on("request", lambda request: asked.add(urlsplit(request.url)))
        page.goto(address)
        page.wait_for_selector("#photographs button")
        return page

    yield make
    for page in pages:
        page.close()
    assert {url.hostname for url in asked if url.scheme not in ("data", "blob")} == {"127.0.0.1"}
