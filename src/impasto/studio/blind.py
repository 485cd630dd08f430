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
from impasto.studio.entry import Entry
from impasto.studio.store import Store

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

        They were painted with different settings: of equal ones nobody learns anything. A pair
        comes again only when all have been asked for.
        """
        pairs = [two for two in itertools.combinations(self.store.all(), 2) if comparable(*two)]
        random.shuffle(pairs)
        pairs.sort(key=lambda two: frozenset(each.name for each in two) in self.asked)
        for one, other in pairs:  # settings are read from the files, of few pairs only
            if self._settings(one) != self._settings(other):
                self.asked.add(frozenset((one.name, other.name)))
                return (one, other) if random.random() < 0.5 else (other, one)
        return None

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
        settings = self._settings(entry)
        return {"picture": entry.name, "title": entry.title, "settings": settings}

    def _settings(self, entry: Entry) -> dict[str, Any]:
        try:
            return self.store.recipe(entry).settings.to_dict()
        except ImpastoError:  # the file was damaged since
            return {}


def comparable(one: Entry, other: Entry) -> bool:
    """Tell whether two pictures have one photograph and the same styles, painted to the end."""
    same = (one.content, one.styles) == (other.content, other.styles)
    return same and not (one.stopped or other.stopped)
