"""Who may ask the studio, and for what. Behind the guard, everything here is answered."""

import asyncio
import os
from collections.abc import Callable

import pytest

pytest.importorskip("gradio")

from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from impasto.studio import guard, logins, received
from impasto.studio.guard import Guard, UploadLimit
from impasto.studio.logins import LoginDelay, network
from impasto.studio.received import Received

HOST = "127.0.0.1:7860"
OWN = {"host": HOST}

Ask = Callable[..., int]


def client(*middleware: Middleware) -> TestClient:
    app = PlainTextResponse("yes", headers={"content-disposition": "inline; filename=a"})
    for one in reversed(middleware):
        app = one.cls(app, *one.args, **one.kwargs)
    return TestClient(app, base_url=f"http://{HOST}")


@pytest.fixture
def folder(tmp_path):
    return tmp_path.resolve()


@pytest.fixture
def ask(folder) -> Ask:
    """Ask a studio at this machine, and return the status."""
    browser = client(Middleware(Guard, local=True, folders=[folder]))

    def send(path: str = "/", method: str = "GET", **headers: str) -> int:
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        return browser.request(method, path, headers={**OWN, **named}).status_code

    return send


@pytest.mark.parametrize("path", ["/gradio_api/upload", "/gradio_api/run/predict", "/login"])
@pytest.mark.parametrize(
    "origin",
    [
        "https://example.org",
        "http://127.0.0.1:9999",
        "http://localhost:7860",
        "null",
        "http://[",
        "",
    ],
)
def test_another_origin_is_refused_on_another_port_too(ask, path, origin):
    assert ask(path, "POST", origin=origin) == 403
    assert ask(path, "POST", origin=f"http://{HOST}") == 200
    assert ask(path, "POST") == 200  # a program


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_another_site_embeds_is_refused_and_a_link_to_the_page_is_followed(ask, site):
    assert ask("/theme.css", sec_fetch_site=site, sec_fetch_mode="no-cors") == 403
    link = {"sec_fetch_site": site, "sec_fetch_mode": "navigate", "sec_fetch_dest": "document"}
    assert ask("/", **link) == 200
    assert ask("/logout", **link) == 403
    assert ask("/", "POST", **link) == 403
    assert ask("/", **{**link, "sec_fetch_dest": "iframe"}) == 403
    assert ask("/theme.css", sec_fetch_site="same-origin") == 200


@pytest.mark.parametrize("host", ["example.org", "example.org:7860", "192.168.1.7", "[", ""])
def test_a_name_that_was_let_point_here_leads_nowhere(ask, host):
    assert ask(host=host) == 400
    assert ask(host=host, origin=f"http://{host}") == 400


@pytest.mark.parametrize("host", ["localhost:1", "127.0.0.1", "[::1]:7860", "127.3.2.1:80"])
def test_this_machine_has_several_names(ask, host):
    assert ask(host=host) == 200
    assert ask(host=host, origin=f"http://{host.upper()}") == 200


def test_a_studio_for_others_has_any_name_and_the_same_rule_for_origins(folder):
    browser = client(Middleware(Guard, local=False, folders=[folder]))
    named = {"host": "paint.example.org"}
    assert browser.get("/", headers=named).status_code == 200
    named["origin"] = "https://paint.example.org"
    assert browser.post("/login", headers=named).status_code == 200
    named["origin"] = "https://example.org"
    assert browser.post("/login", headers=named).status_code == 403


def test_every_answer_forbids_frames_guesses_and_other_hosts(folder):
    browser = client(Middleware(Guard, local=True, folders=[folder]))
    for answer in (
        browser.get("/"),
        browser.get("/nothing"),
        browser.get("/", headers={"host": "x"}),
    ):
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        policy = answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "default-src 'self'" in policy


def test_a_file_runs_nothing_and_gets_its_name_from_the_link(folder):
    browser = client(Middleware(Guard, local=True, folders=[folder]))
    (folder / "a.svg").write_text("<svg/>")
    answer = browser.get(f"/gradio_api/file={folder}/a.svg")
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"].endswith("sandbox")
    assert "content-disposition" not in answer.headers


def test_a_websocket_is_not_opened(folder):
    browser = client(Middleware(Guard, local=True, folders=[folder]))
    with pytest.raises(WebSocketDisconnect), browser.websocket_connect("/"):
        pass


@pytest.fixture
def sending(folder, monkeypatch) -> Callable[[int], int]:
    """Send an upload of some bytes, of which only the number counts; return the status."""
    monkeypatch.setattr(guard, "FORM_BYTES", 10)
    monkeypatch.setattr(guard, "MOST_BYTES", 100)
    monkeypatch.setattr(received, "MOST_RECEIVED", 250)
    browser = client(Middleware(UploadLimit, received=Received(folder)))
    return lambda size: browser.post("/gradio_api/upload", content=b"a" * size).status_code


def test_an_upload_that_is_too_large_is_refused_before_it_is_received(sending):
    assert [sending(size) for size in (0, 110, 111)] == [200, 200, 413]


def test_an_upload_of_unknown_length_is_refused(folder):
    browser = client(Middleware(UploadLimit, received=Received(folder)))
    assert browser.post("/gradio_api/upload", content=iter([b"a"])).status_code == 411
    assert browser.post("/elsewhere", content=iter([b"a"])).status_code == 200


def test_all_uploads_together_have_a_quota_and_the_oldest_go(folder, sending):
    for at in range(5):
        (folder / f"{at}").mkdir()
        (folder / f"{at}" / "a.jpg").write_bytes(b"a" * 100)
        os.utime(folder / f"{at}" / "a.jpg", (at, at))
    assert sending(50) == 200
    assert sorted(path.parent.name for path in folder.rglob("*.jpg")) == ["3", "4"]


def test_what_arrives_at_once_has_the_same_quota(folder, monkeypatch):
    monkeypatch.setattr(received, "MOST_RECEIVED", 250)
    there = Received(folder)
    with there.room(100) as first, there.room(150) as second, there.room(1) as third:
        assert (first, second, third) == (True, True, False)
    assert there.arriving == 0


@pytest.fixture
def waited(monkeypatch) -> list[float]:
    """The delays before attempts to log in, none of which is waited for."""
    seconds: list[float] = []

    async def sleep(delay: float) -> None:
        seconds.append(delay)

    monkeypatch.setattr(logins.asyncio, "sleep", sleep)
    return seconds


def test_every_wrong_password_doubles_the_wait_and_a_right_one_ends_it(waited):
    wrong = PlainTextResponse("no", 400)
    door = LoginDelay(wrong)
    browser = TestClient(door)
    for _ in range(7):
        assert browser.post("/login").status_code == 400
    assert waited == [0, 1, 2, 4, 8, 16, 30]
    door.of("testclient").wrong = 5000
    browser.post("/login/")
    assert waited[-1] == 30
    browser.get("/login")
    browser.post("/elsewhere")
    assert len(waited) == 8
    door.app = PlainTextResponse("yes")
    assert browser.post("/login").status_code == 200
    browser.post("/login")
    assert waited[-1] == 0


def test_attempts_are_made_one_after_another_and_few_may_wait():
    entered = []

    async def check(scope, receive, send) -> None:
        entered.append(scope)
        await asyncio.sleep(0.05)
        await PlainTextResponse("yes")(scope, receive, send)

    async def attempt(door: LoginDelay) -> int:
        statuses = []

        async def send(message) -> None:
            statuses.append(message.get("status"))

        scope = {"type": "http", "path": "/login", "method": "POST", "client": ("192.0.2.1", 1)}
        await door(scope, None, send)
        return statuses[0]

    async def several() -> list[int]:
        door = LoginDelay(check)
        return await asyncio.gather(*(attempt(door) for _ in range(5)))

    assert sorted(asyncio.run(several())) == [200, 200, 200, 429, 429]
    assert len(entered) == 3


def test_a_network_of_ipv6_counts_as_one_address():
    assert network("2001:db8::1") == network("2001:db8::ffff") != network("2001:db8:1::1")
    assert network("192.0.2.1") != network("192.0.2.2")
    assert network("unknown") == "unknown"
