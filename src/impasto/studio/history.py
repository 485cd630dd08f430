"""What a page does with finished pictures: show, compare, star, judge and remove them."""

from __future__ import annotations

from impasto.errors import PictureError
from impasto.studio.blind import BLIND_ANSWERS, BlindTrial
from impasto.studio.entry import Entry
from impasto.studio.store import Store
from impasto.studio.tabs import Tab


class History:
    """The finished pictures of one person, as pages deal with them."""

    def __init__(self, store: Store, trial: BlindTrial) -> None:
        self.store, self.trial = store, trial

    def show(self, tab: Tab, name: object) -> Entry:
        """Show a picture of the history.

        Raises:
            PictureError: If it is not there anymore.
        """
        entry = self.store.find(name)
        if entry is None:
            raise PictureError("this picture is not there anymore: choose another.")
        tab.on_sheet = False
        if tab.comparing and tab.entry is not None and tab.entry.name != entry.name:
            tab.beside, tab.comparing = entry, False
            return tab.entry
        tab.entry, tab.beside, tab.comparing = entry, None, False
        if tab.task is not None and tab.task.state.final:
            tab.task = None
        return entry

    def compare(self, tab: Tab) -> str:
        """Let the picture that is chosen next stand beside the one that is shown, or no longer."""
        if tab.beside is not None or tab.comparing:
            tab.beside, tab.comparing = None, False
            return ""
        tab.comparing = tab.entry is not None
        return "Choose a finished picture below to compare with." if tab.comparing else ""

    def answer(self, tab: Tab, side: object) -> bool:
        """Take an answer to the blind trial, and show the next pair; tell whether there is one.

        Raises:
            PictureError: If the answer cannot be written.
        """
        known = side if isinstance(side, str) else ""
        if tab.blind is not None and known in BLIND_ANSWERS:
            self.trial.answer(tab.blind, known)
            tab.answered += 1
            tab.blind = self.trial.pair()
        elif known == "start":
            tab.blind = self.trial.pair()
        return tab.blind is not None

    def star(self, tab: Tab) -> None:
        """Mark the picture that is shown, or take its mark away.

        Raises:
            PictureError: If that cannot be written.
        """
        if tab.entry is None:
            return
        tab.entry = self.store.star(tab.entry)
        if tab.task is not None and tab.task.entry is not None:
            tab.task.entry = self.store.find(tab.task.entry.name)

    def remove(self, tab: Tab) -> None:
        """Remove the picture that is shown."""
        if tab.entry is not None:
            self.store.remove(tab.entry)
            tab.removed, tab.entry = tab.entry, None
            tab.task = tab.before = tab.beside = None

    def put_back(self, tab: Tab) -> str:
        """Bring back the picture that was removed, and say if it is gone."""
        removed, tab.removed = tab.removed, None
        if removed is None or not self.store.put_back(removed):
            return "This picture is gone: another was removed since."
        tab.entry = removed
        return ""
