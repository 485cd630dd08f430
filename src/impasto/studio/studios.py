"""The studios of everyone who may log in: apart, but for the worker that paints for all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from impasto.studio.received import Received
from impasto.studio.studio import Studio
from impasto.studio.worker import Worker


class Studios:
    """A studio for each user. The first, or who need not log in, has the folder itself."""

    def __init__(self, folder: Path, users: Sequence[str] = ()) -> None:
        self.received = Received(folder / "received")
        self.worker = Worker()
        self.own = Studio(folder, self.worker, self.received)
        others = {
            user: Studio(folder / "users" / user, self.worker, self.received) for user in users[1:]
        }
        self.known = {**dict.fromkeys(users[:1], self.own), **others}

    def of(self, user: str | None) -> Studio:
        """Return the studio of a user, or of whoever is there where nobody has to log in."""
        return self.known[user] if user is not None and self.known else self.own

    def all(self) -> list[Studio]:
        """Return every studio."""
        return list({id(each): each for each in (self.own, *self.known.values())}.values())
