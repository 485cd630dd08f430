"""A page names what it has uploaded by a path. Anybody can send any: none but those is opened."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.support.studio import serving
from tests.support.studio_client import Client, talking

MARK = {"_type": "gradio.FileData"}
REFUSED = json.dumps(
    {"error": "this picture did not arrive: send it again.", "visible": True, "title": "Error"}
)

A_FEW = (
    "a private picture",
    "a missing one",
    "traversal",
    "a link to a picture",
    "a device",
    "null",
)
"""Of the paths, those that are tried wherever one can be sent."""

TAKE_FILES = {"image", "uploadbutton"}
PASSWORD = "correct horse"

pytestmark = pytest.mark.skipif(os.name == "nt", reason="has no FIFOs and devices")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("studio").resolve()


@pytest.fixture(scope="module")
def private(tmp_path_factory) -> Path:
    """A folder that is nobody's business."""
    made = tmp_path_factory.mktemp("private").resolve()
    Image.effect_noise((64, 48), 80).convert("RGB").save(made / "photo.jpg")
    os.mkfifo(made / "pipe")
    return made


@pytest.fixture(scope="module")
def client(folder) -> Iterator[Client]:
    with serving(folder) as address, talking(address) as made:
        made.open_page()
        yield made


@pytest.fixture(scope="module")
def paths(folder, private, client) -> dict[str, object]:
    """Paths that a page has no right to, by what they try."""
    received, photo = folder / "received", private / "photo.jpg"
    (received / "link.jpg").symlink_to(photo)
    (received / "folder.jpg").symlink_to(private)
    (received / "loop.jpg").symlink_to(received / "loop.jpg")
    os.mkfifo(received / "pipe.jpg")
    return {
        "a private picture": str(photo),
        "a missing one": str(private / "missing.jpg"),
        "traversal": f"{received}/../../{private.name}/photo.jpg",
        "traversal from nowhere": f"{received}/nothing/../../../{private.name}/photo.jpg",
        "relative traversal": "../" * 20 + str(photo).lstrip("/"),
        "a link to a picture": str(received / "link.jpg"),
        "a link to a folder": str(received / "folder.jpg" / "photo.jpg"),
        "a link to itself": str(received / "loop.jpg"),
        "a pipe": str(received / "pipe.jpg"),
        "a private pipe": str(private / "pipe"),
        "a device": "/dev/zero",
        "a terminal": "/dev/stdin",
        "a folder": str(private),
        "the folder of uploads": str(received),
        "the studio's own": next(str(path) for path in (folder / "inputs").glob("*.jpg")),
        "a URL of this machine": f"{client.http.base_url}theme.css",
        "a URL of another": "http://192.0.2.1/a.jpg",
        "a URL of a file": photo.as_uri(),
        "nothing": "",
        "a null character": f"{photo}\0.jpg",
        "a lone surrogate": "\ud800.jpg",
        "too long": f"{received}/" + "a" * 10_000,
        "a number": 7,
        "a truth": True,
        "a list": [str(photo)],
        "an object": {"path": str(photo)},
        "null": None,
    }


def forms(path: object) -> list[object]:
    """Return the ways to send a path."""
    return [
        {"path": path},
        {"path": path, "meta": MARK},
        {"path": path, "url": path, "orig_name": path, "meta": MARK, "is_stream": True},
        {"url": path, "meta": MARK},
        [{"path": path, "meta": MARK}],
        {"image": {"path": path, "meta": MARK}, "composite": path, "layers": [path]},
        path if path is not None else "",
    ]


@pytest.fixture
def unread(folder, private) -> Iterator[None]:
    """Nothing may have become an input, or come into the folder of uploads."""

    def there() -> set[Path]:
        return {path for name in ("inputs", "received") for path in (folder / name).rglob("*")}

    before = there()
    yield
    assert there() == before


@pytest.mark.usefixtures("unread")
def test_a_picture_that_was_not_uploaded_is_refused_in_one_sentence(client, paths):
    """Every component that takes a file; the first of them every path, named in every way."""
    kinds = {key: each["type"] for key, each in client.components().items()}
    taken = [e for e in client.events() if any(kinds[i] in TAKE_FILES for i in e["inputs"])]
    assert len(taken) == 9
    for at, event in enumerate(taken):
        for what, path in paths.items():
            if at and what not in A_FEW:
                continue
            for form in forms(path)[: None if at == 0 else 2]:
                status, told = client.send(event["id"], [form])
                assert (status, told) == (500, REFUSED), (what, form)


@pytest.mark.usefixtures("unread")
def test_no_event_tells_an_existing_file_from_a_missing_one(client, paths):
    for event in client.events():
        for at in range(len(event["inputs"])):
            told = []
            for path in (paths["a private picture"], paths["a missing one"]):
                form = forms(path)[at % len(forms(path))]
                data = [form if i == at else None for i in range(len(event["inputs"]))]
                told.append(without(path, client.send(event["id"], data)))
            assert told[0] == told[1], (event["targets"], at)


@pytest.mark.usefixtures("unread")
def test_no_event_opens_what_it_carries(client, paths):
    for event in client.events():
        told = {}
        carries = event["targets"][0][1] in ("click", "input")
        for what, path in paths.items():
            if what not in (A_FEW if carries else A_FEW[:2]):
                continue
            data = {"name": path, "path": path, "mask": path, "place": 0, "at": 1}
            answer = client.send(event["id"], [None] * len(event["inputs"]), data)
            told[what] = without(path, answer)
        assert told["a private picture"] == told["a missing one"], event["targets"]


def without(path: object, answer: tuple[int, str]) -> tuple[int, str]:
    """Return an answer without the path that was sent: to repeat it tells nothing."""
    return answer[0], answer[1].replace(str(path), "")


@pytest.mark.usefixtures("unread")
def test_the_queue_refuses_the_same(client, paths):
    told = {client.queue(0, [{"path": path}]).count("did not arrive") for path in paths.values()}
    assert told == {1}


def test_no_address_serves_a_file_that_is_not_the_pages(client, paths, folder):
    for what, path in paths.items():
        if isinstance(path, str) and what not in ("a null character", "a lone surrogate"):
            answer = client.http.get(f"gradio_api/file={path}")
            own = what == "the studio's own"
            assert (answer.status_code == 200) is own, what
            assert own or len(answer.content) < 1000
    there = client.http.get(f"gradio_api/file={paths['a private picture']}")
    missing = client.http.get(f"gradio_api/file={paths['a missing one']}")
    assert (there.status_code, there.content) == (missing.status_code, missing.content)


def test_doors_that_the_page_does_not_use_are_closed(client):
    for door in ("component_server", "process_recording", "call/x", "run/x", "stream/x", "cancel"):
        assert client.http.post(f"gradio_api/{door}", json={}).status_code == 404
    for door in ("proxy=http://127.0.0.1/", "deep_link", "info", "vibe-code", "dev/reload"):
        assert client.http.get(f"gradio_api/{door}").status_code == 404
    assert client.http.get("monitoring").status_code == 404


def test_what_was_uploaded_is_taken(client, private, folder):
    (path,) = client.upload(private / "photo.jpg").raise_for_status().json()
    status, told = client.send(client.events()[0]["id"], [{"path": path, "meta": MARK}])
    assert status == 200
    assert "/inputs/" in told
    assert len(list((folder / "inputs").glob("*.json"))) == 1


def test_after_a_login_it_is_the_same(tmp_path, private):
    login = ("--user", "ann")
    with (
        serving(tmp_path, *login, IMPASTO_STUDIO_PASSWORD=PASSWORD) as address,
        talking(address) as client,
    ):
        sent = {"fn_index": 0, "data": [{"path": str(private / "photo.jpg")}], "session_hash": "s"}
        assert client.http.post("gradio_api/run/predict", json=sent).status_code == 401
        client.http.post("login", data={"username": "ann", "password": PASSWORD}).raise_for_status()
        assert client.send(0, sent["data"]) == (500, REFUSED)
        assert not list((tmp_path / "inputs").glob("*.json"))
