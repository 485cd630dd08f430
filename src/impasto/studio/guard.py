"""Who may ask the studio, and for what: checked before Gradio sees a request.

A browser lets every page send requests to this machine, so that a site that somebody visits could
paint, upload and look on. Browsers say where a request comes from; programs need not, and are not
stopped here: who can start a program on this machine does not need a page.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from impasto.studio.address import is_local
from impasto.studio.received import MOST_BYTES, Received, regular_file

API = "/gradio_api"

PAGES = ("", "/sounds", "/films", "/config", "/favicon.ico", "/login", "/logout", "/manifest.json",
         "/theme.css")  # fmt: skip
"""What the page is made of, and how to log in."""

CALLS = ("app_id", "login_check", "queue/data", "queue/join", "reset", "run/predict",
         "startup-events", "token", "upload", "upload_progress", "user")  # fmt: skip
"""What the page asks Gradio for. Its other doors (proxies, recordings, deep links, functions of
components) are closed."""

FOLDERS = ("/assets/", "/static/", f"{API}/heartbeat/")
"""What else the page asks for begins so."""

FILE = f"{API}/file="

POLICY_VIOLATION = 1008
"""Of RFC 6455."""

FORM_BYTES = 2**20
"""What may surround the file in an upload."""

HEADERS = {
    "Content-Security-Policy": "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""No other site may frame the page or embed what it serves; nothing is loaded from elsewhere;
and files are what their type says. Gradio's page needs its inline scripts."""

FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""What somebody has uploaded runs nothing, should a browser show it as a page."""


class Guard:
    """Passes on what the studio's own page asks for, and refuses the rest."""

    def __init__(self, app: ASGIApp, local: bool, folders: Sequence[Path]) -> None:
        """Keep what is guarded.

        Args:
            app: Who answers what is passed on.
            local: Whether only this machine may come: then the host must be this machine, or else
                a site could let its own name point here (DNS rebinding).
            folders: Whose files the page shows, without links in their paths.
        """
        self.app, self.local, self.folders = app, local, folders

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":  # the page opens none
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        else:
            refused = self.refusal(scope)
            answer = self.app if refused is None else PlainTextResponse(*refused)
            await answer(scope, receive, with_headers(scope["path"], send))

    def refusal(self, scope: Scope) -> tuple[str, int] | None:
        """Return why a request is refused, and the status, or None if it is not."""
        headers = Headers(scope=scope)
        if self.local and not is_local(name_of(headers.get("host", ""))):
            return "The studio is not at this host.", 400
        if is_foreign(scope, headers):
            return "Another site may not use the studio.", 403
        if not self.is_known(scope["path"]):
            return "There is nothing here.", 404
        return None

    def is_known(self, path: str) -> bool:
        """Tell whether the page asks for a path."""
        if path.startswith(FILE):
            return regular_file(path.removeprefix(FILE), self.folders) is not None
        plain = path.rstrip("/")
        calls = plain.removeprefix(f"{API}/") if plain.startswith(API) else None
        return plain in PAGES or calls in CALLS or path.startswith(FOLDERS)


def name_of(host: str) -> str:
    """Return the name in a Host header, without port and brackets; empty if it has none.

    Example:
        >>> name_of("[::1]:7860")
        '::1'
    """
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def is_foreign(scope: Scope, headers: Headers) -> bool:
    """Tell whether a browser says that a request comes from another site, or another port here.

    A link that leads to the page is none of these.
    """
    origin, site = headers.get("origin"), headers.get("sec-fetch-site", "none")
    if origin is not None and origin.partition("://")[2].lower() != headers.get("host", "").lower():
        return True
    is_link = (
        scope["method"] == "GET"
        and scope["path"] == "/"
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest") == "document"
    )
    return site not in ("none", "same-origin") and not is_link


def with_headers(path: str, send: Send) -> Send:
    """Return how to send an answer with the headers that protect it."""

    async def forward(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update(HEADERS)
            if path.startswith(FILE):
                headers["Content-Security-Policy"] = FILE_POLICY
                # Without its name on disk, a download gets the name on its link.
                if headers.get("content-disposition", "").startswith("inline"):
                    del headers["content-disposition"]
        await send(message)

    return forward


class UploadLimit:
    """Receives no upload that is too large, and keeps what was received within its quota."""

    def __init__(self, app: ASGIApp, received: Received) -> None:
        """Keep who receives an upload, and the folder."""
        self.app, self.received = app, received

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or scope["path"].rstrip("/") != f"{API}/upload":
            await self.app(scope, receive, send)
            return
        size = Headers(scope=scope).get("content-length", "")
        if not size.isdecimal():
            await PlainTextResponse("Say how long it is.", 411)(scope, receive, send)
        elif int(size) > MOST_BYTES + FORM_BYTES:
            words = f"At most {MOST_BYTES // 2**20} MiB are accepted."
            await PlainTextResponse(words, 413)(scope, receive, send)
        else:
            with self.received.room(int(size)) as fits:
                busy = PlainTextResponse("Too much is arriving: try again.", 503)
                await (self.app if fits else busy)(scope, receive, send)
            await run_in_threadpool(self.received.tidy)
