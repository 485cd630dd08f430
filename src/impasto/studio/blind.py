"""Two finished pictures, side by side and without their settings: which does somebody like better?

The answers are kept beside the pictures, one JSON object a line, with the settings of both. They
are how defaults can be chosen: by what people like, and not by what they expect.
"""

from __future__ import annotations

import itertools
import json
import random
import threading
import time
from pathlib import Path
from typing import Any

from impasto.errors import ImpastoError, PictureError
from impasto.studio.store import Entry, Store

BlindPair = tuple[Entry, Entry]
"""The picture at the left, and that at the right."""

BLIND_ANSWERS = ("left", "right", "neither")
"""What may be answered."""


class BlindTrial:
    """Chooses pairs from the history, and keeps what is answered."""

    def __init__(self, store: Store, file: Path) -> None:
        self.store, self.file = store, file
        self.lock = threading.Lock()
        self.asked: set[frozenset[str]] = set()

    def pair(self) -> BlindPair | None:
        """Return two pictures of one photograph, in random order; None if there are none.

        A pair comes again only when all have been asked for.
        """
        pairs = [two for two in itertools.combinations(self.store.all(), 2) if comparable(*two)]
        if not pairs:
            return None
        new = [two for two in pairs if frozenset(each.name for each in two) not in self.asked]
        one, other = random.sample(random.choice(new or pairs), 2)
        self.asked.add(frozenset((one.name, other.name)))
        return one, other

    def answer(self, pair: BlindPair, side: str) -> None:
        """Keep an answer.

        Raises:
            PictureError: If it cannot be written.
        """
        left, right = map(self._described, pair)
        line = {"at": round(time.time()), "liked": side, "left": left, "right": right}
        try:
            with self.lock, self.file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
        except OSError as error:
            raise PictureError(
                f"'{self.file}' cannot be written ({error.strerror}): make room, and answer again."
            ) from error

    def _described(self, entry: Entry) -> dict[str, Any]:
        try:
            settings = self.store.recipe(entry).settings.to_dict()
        except ImpastoError:  # the file was damaged since
            settings = {}
        return {"picture": entry.name, "title": entry.title, "settings": settings}


def comparable(one: Entry, other: Entry) -> bool:
    """Tell whether two pictures have one photograph and the same styles, painted to the end."""
    same = (one.content, one.styles) == (other.content, other.styles)
    return same and not (one.stopped or other.stopped)
