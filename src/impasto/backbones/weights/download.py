"""Fetch a published weight file: once, on request, resumable, verified.

The bytes go to ``<name>.part``; only a complete and verified file gets its final name. Who fetches
the same file at the same time waits, and finds it here.
"""

from __future__ import annotations

import http.client
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from impasto._version import __version__
from impasto.backbones.weights.formats import WEIGHT_FORMATS, by_suffix, recognize, require_package
from impasto.backbones.weights.published import (
    Digests,
    Published,
    look_up_source,
    sources,
    weights_directory,
)
from impasto.errors import FetchError
from impasto.filesystem import alone, put

# Called with the bytes received so far and the bytes in all (None where the server does not say).
ByteProgress = Callable[[int, int | None], None]
_Response = http.client.HTTPResponse | urllib.error.HTTPError

_TIMEOUT = 30.0  # seconds without a byte
_READ_BYTES = 1 << 18


def fetch(
    source: str, *, progress: ByteProgress | None = None, directory: Path | None = None
) -> Path:
    """Fetch a weight file, unless it is here, and return its path.

    An interrupted download is kept, and the next call continues it.

    Args:
        source: A row of `impasto.backbones.weights.published.PUBLISHED`, or a backbone's name
            for the first of its rows.
        progress: Called before the first and after every piece with the bytes so far and in all.
        directory: Where to keep it; without it, `weights_directory`.

    Raises:
        UnknownName: If there is no such source.
        WeightsError: If the file could not be read here, because a package is missing.
        FetchError: If the server, the connection, the disk or the file's hash is at fault.
    """
    row = look_up_source(source)
    if (name := by_suffix(Path(row.file_name))) is not None:
        require_package(name, row.file_name)
    folder = weights_directory() if directory is None else directory
    path = folder / row.file_name
    part = path.with_name(f"{path.name}.part")
    try:
        if path.is_file() and not _damage(row, path):
            return path
        folder.mkdir(parents=True, exist_ok=True)
        with alone(path):
            if not path.is_file() or _damage(row, path):  # nobody has fetched it meanwhile
                _receive(row, part, progress or (lambda received, total: None))
                _verify(row, part)
                put(part, path)
                _forget(part)
                _verify(row, path)  # what counts is what can be read under this name
    except OSError as error:
        raise FetchError(
            f"cannot keep {row.file_name} in '{folder}' ({error.strerror or error}): make room, "
            "or name another folder in the environment variable IMPASTO_CACHE."
        ) from error
    return path


def _verify(row: Published, path: Path) -> None:
    """Delete a file that is not ``row``, and raise FetchError."""
    if damage := _damage(row, path):
        _forget(path)
        raise FetchError(
            f"{row.url} sent something else than {row.file_name}: {damage}; it was deleted, so try "
            f"again later, {_otherwise(row)}."
        )


def _receive(row: Published, part: Path, progress: ByteProgress) -> None:
    """Bring ``part`` to its full length, continuing what is there where the server allows it."""
    kept = _resumable(row, part)
    with closing(_request(row, part, kept)) as response:
        start, total = _span(response)
        if response.status == 416 and total == kept:
            return  # nothing is missing but the final name
        if start in (0, kept):
            if start == 0:
                _validator_file(part).write_text(_validator(response), encoding="utf-8")
            _write(row, part, response, (start, total), progress)
            return
    if not kept:
        raise FetchError(f"{row.url} sent the middle of the file: try again, {_otherwise(row)}.")
    _forget(part)  # the file there has changed, or the server counts strangely: start over
    _receive(row, part, progress)


def _write(
    row: Published,
    part: Path,
    response: _Response,
    span: tuple[int, int | None],
    progress: ByteProgress,
) -> None:
    """Append what comes to ``part``; whatever happens, what came stays there."""
    received, total = span
    with part.open("ab" if received else "wb") as file:
        progress(received, total)
        try:
            for chunk in _chunks(response):
                file.write(chunk)
                received += len(chunk)
                progress(received, total)
            reason = "it ended early"
        except _ConnectionBroke as error:
            reason = str(error)
        else:
            if total is None or received == total:
                return
    of_all = f" of {total / 1e6:.1f}" if total else ""
    raise FetchError(
        f"the connection to {urlsplit(row.url).hostname} broke after {received / 1e6:.1f}{of_all} "
        f"MB ({reason}): these are kept, and the same command continues from there."
    )


class _ConnectionBroke(Exception):
    """Tells a failing connection from a failing disk: both are OSErrors."""


def _chunks(response: _Response) -> Iterator[bytes]:
    while True:
        try:
            chunk = response.read(_READ_BYTES)
        except (OSError, http.client.HTTPException) as error:
            raise _ConnectionBroke(str(error) or type(error).__name__) from error
        if not chunk:
            return
        yield chunk


class _StaysEncrypted(urllib.request.HTTPRedirectHandler):
    """Follows no redirection from an encrypted connection to a plain one."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        """Return what to ask next."""
        if req.type == "https" and urlsplit(newurl).scheme != "https":
            raise urllib.error.URLError(f"it leads to {newurl}, which is not encrypted")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


_OPENER = urllib.request.build_opener(_StaysEncrypted)


def _request(row: Published, part: Path, start: int) -> _Response:
    """Ask for the file from byte ``start`` on; "416: nothing behind that byte" is an answer."""
    headers = {"User-Agent": f"impasto/{__version__}", "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
        if validator := _read_validator(part):
            headers["If-Range"] = validator  # if it is no longer this file, send all of it
    request = urllib.request.Request(row.url, headers=headers)
    try:
        response: _Response = _OPENER.open(request, timeout=_TIMEOUT)
    except urllib.error.HTTPError as error:
        if error.code == 416 and start:
            return error
        error.close()
        raise FetchError(
            f"{row.url} answers {error.code} {error.reason}: the file may have moved; try again "
            f"later, {_otherwise(row)}."
        ) from error
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise FetchError(
            f"cannot reach {urlsplit(row.url).hostname} ({reason}): check the connection and run "
            f"the same command again, {_otherwise(row)}."
        ) from error
    return response


def _span(response: _Response) -> tuple[int, int | None]:
    """Return the first byte that a response carries (-1: none), and the bytes in all."""
    stated = re.match(r"bytes (?:(\d+)-\d+|\*)/(\d+|\*)", response.headers["Content-Range"] or "")
    if response.status == 200:
        length = response.headers["Content-Length"]
        return 0, int(length) if length else None
    if stated is None:
        return -1, None
    return (
        -1 if stated[1] is None else int(stated[1]),
        None if stated[2] == "*" else int(stated[2]),
    )


def _resumable(row: Published, part: Path) -> int:
    """Return how many bytes of ``part`` can be continued."""
    kept = part.stat().st_size if part.is_file() else 0
    # Without a hash and without the server's mark nobody would notice two halves of two files.
    return kept if row.is_known or _read_validator(part) else 0


def _validator(response: _Response) -> str:
    """Return the server's mark of this version of the file, where it is fit for If-Range."""
    etag = response.headers["ETag"] or ""
    return etag if etag and not etag.startswith("W/") else response.headers["Last-Modified"] or ""


def _validator_file(part: Path) -> Path:
    return part.with_name(f"{part.name}.etag")


def _read_validator(part: Path) -> str:
    file = _validator_file(part)
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def _forget(part: Path) -> None:
    part.unlink(missing_ok=True)
    _validator_file(part).unlink(missing_ok=True)


def _damage(row: Published, path: Path) -> str:
    """Say what is wrong with a file that should be ``row``; empty if nothing is."""
    if not row.is_known:  # at least it should not be the web page of a hotel's network
        expected = by_suffix(Path(row.file_name)) or "pytorch"
        right = recognize(path) == expected
        return "" if right else f"it is no {WEIGHT_FORMATS[expected].title} file"
    digests = Digests.of(path)
    if digests.are_of(row):
        return ""
    return f"its {digests.shown(row)} where {row.digest.split()[1].rstrip('…')} was expected"


def _otherwise(row: Published) -> str:
    others = [
        name for name, other in sources(row.backbone).items() if other.url not in ("", row.url)
    ]
    named = f"or take another source ({', '.join(others)}), " if others else ""
    return f"{named}or give a file with --weights"
