"""Hooks of MkDocs: pages of the repository that lie outside of ``docs``, and links to its files.

On a site there is no source tree. A link to a file of it leads to the repository, at
``$IMPASTO_REPOSITORY/blob/main``, and is plain text where that is not set.
"""

from __future__ import annotations

import os
import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parent.parent

OUTSIDE = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
}
"""Pages from the top of the repository, and what they are called on the site."""

LINK = re.compile(
    r"(?P<image>!?)\[(?P<text>(?:[^\[\]]|\[[^\]]*\])*)\]"
    r"\((?P<target>[^)\s]+)(?P<title> \"[^\"]*\")?\)"
)


def on_files(files: Files, config: Any) -> Files:
    """Add the pages from outside."""
    for name, page in OUTSIDE.items():
        content = (ROOT / name).read_text(encoding="utf-8")
        files.append(File.generated(config, page, content=content))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Lead every relative link to a page of the site, to the repository, or nowhere."""
    uri = page.file.src_uri
    source = next((name for name, there in OUTSIDE.items() if there == uri), f"docs/{uri}")

    def lead(found: re.Match[str]) -> str:
        target, hash_, anchor = found["target"].strip("<>").partition("#")
        if re.match(r"[a-z]+:", target) or not target:
            return found[0]
        path = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
        if path in OUTSIDE:
            path = f"docs/{OUTSIDE[path]}"
        elif not path.startswith("docs/") or path.endswith((".py", ".json")):
            return in_repository(found, f"{path}{hash_}{anchor}")
        there = posixpath.relpath(path.removeprefix("docs/"), posixpath.dirname(uri) or ".")
        return f"{found['image']}[{found['text']}]({there}{hash_}{anchor})"

    return LINK.sub(lead, markdown)


def in_repository(found: re.Match[str], path: str) -> str:
    """Return a link to a file of the repository, or its text."""
    repository = os.environ.get("IMPASTO_REPOSITORY", "").rstrip("/")
    return f"[{found['text']}]({repository}/blob/main/{path})" if repository else found["text"]
