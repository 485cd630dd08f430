"""A server of weights on this machine that can be told to misbehave."""

import hashlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from impasto.backbones.weights import fetch
from impasto.errors import FetchError

BODY = b"PK" + bytes(n * 7 % 251 for n in range(1_000_000))
DIGEST = hashlib.sha256(BODY).hexdigest()[:8]


class Host(ThreadingHTTPServer):
    """Serves `body` under every path, and keeps what it was asked."""

    body = BODY
    etag: str | None = '"first"'
    ranges = True  # answer Range with 206
    length = True  # say Content-Length
    break_after: int | None = None  # bytes of an answer
    status = 200
    moved = False  # redirect to /moved once
    range_shift = 0  # a server that sends another range than the one asked for

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[dict[str, str]] = []

    def handle_error(self, request, client_address):
        """Stay silent when a client hangs up."""


class Handler(BaseHTTPRequestHandler):
    server: Host

    def log_message(self, *_):
        pass

    def do_GET(self):
        host = self.server
        if host.moved and self.path != "/moved":
            self.send_response(302)
            self.send_header("Location", "/moved")
            self.end_headers()
            return
        host.asked.append(dict(self.headers))
        if host.status != 200:
            self.send_error(host.status)
            return
        start = self.start_of_answer()
        if start >= len(host.body):
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(host.body)}")
            self.end_headers()
            return
        self.answer(start)

    def start_of_answer(self) -> int:
        asked, condition = self.headers["Range"], self.headers["If-Range"]
        if not self.server.ranges or not asked or condition not in (None, self.server.etag):
            return 0
        return int(asked.removeprefix("bytes=").removesuffix("-"))

    def answer(self, start: int):
        host = self.server
        body = host.body[start:]
        self.send_response(206 if start else 200)
        if start:
            first = start + host.range_shift
            last, total = len(host.body) - 1, len(host.body)
            self.send_header("Content-Range", f"bytes {first}-{last}/{total}")
        if host.etag:
            self.send_header("ETag", host.etag)
        if host.length:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: host.break_after])


def names(folder) -> set[str]:
    return {path.name for path in folder.iterdir()}


def break_off(host: Host, after: int, source: str = "vgg19") -> str:
    host.break_after = after
    with pytest.raises(FetchError) as caught:
        fetch(source)
    host.break_after = None
    return str(caught.value)
