"""What the studio knows of each open page."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from impasto.studio.blind import BlindPair
from impasto.studio.entry import Entry
from impasto.studio.inputs import Upload
from impasto.studio.strokes import Strokes
from impasto.studio.tasks import Task

STYLES = 4
"""Style pictures that a page has room for."""

MOST_TABS = 500
"""Pages that are remembered; beyond it, the one not seen for longest is forgotten."""


@dataclass(eq=False)
class OpenPage:
    """A page that somebody looks at.

    Attributes:
        session: Its name.
        sent: What was last sent for each part of it, so that nothing is sent twice.
    """

    session: str
    sent: dict[str, object] = field(default_factory=dict)

    def is_new(self, part: str, value: object) -> bool:
        """Tell whether a part of the page has to be sent, and remember that it was."""
        if part in self.sent and self.sent[part] == value:
            return False
        self.sent[part] = value
        return True


@dataclass(eq=False)
class Tab(OpenPage):
    """One open page. What it may choose from is known here, so that it sends only names.

    Attributes:
        content: What will be painted.
        styles: In whose style; None where a place is empty.
        strokes: What is painted on the content image, place 0, and on the style pictures.
        heard: When, by the clock of the page, each of them was painted last.
        refused: By places, why the file that came last is no picture.
        redrawn: How often strokes were changed by something else than the brush.
        asked: What the page has asked for and not shown yet.
        task: What the page shows while it is painted.
        entry: The finished picture that the page shows.
        before: The picture that it showed before, which stays until there is a new one.
        beside: The finished picture that is compared with it.
        comparing: Whether the next one that is chosen is to be compared.
        removed: The picture that was removed last, and can come back.
        blind: Two pictures, of which one is to be liked better.
        answered: How often that was answered.
        sketch: The sketch of the form that was last asked for.
        taken: The sketch of what was last to be painted.
        sheet: The variants that the page chooses from.
        on_sheet: Whether they are on the stage.
        receiving: Held while an upload is read, so that what is pressed meanwhile waits for it.
    """

    content: Upload | None = None
    styles: list[Upload | None] = field(default_factory=lambda: [None] * STYLES)
    strokes: list[Strokes | None] = field(default_factory=lambda: [None] * (1 + STYLES))
    heard: list[float] = field(default_factory=lambda: [0.0] * (1 + STYLES))
    refused: dict[int, str] = field(default_factory=dict)
    redrawn: int = 0
    asked: deque[Task] = field(default_factory=deque)
    task: Task | None = None
    entry: Entry | None = None
    before: Entry | None = None
    beside: Entry | None = None
    comparing: bool = False
    removed: Entry | None = None
    blind: BlindPair | None = None
    answered: int = 0
    sketch: Task | None = None
    taken: Task | None = None
    sheet: list[Task] = field(default_factory=list)
    on_sheet: bool = False
    receiving: threading.Lock = field(default_factory=threading.Lock)

    @property
    def pictures(self) -> list[Upload | None]:
        """The content image, place 0, and the style pictures."""
        return [self.content, *self.styles]

    @property
    def chosen(self) -> list[int]:
        """The places of style pictures that are not empty."""
        return [place for place, one in enumerate(self.pictures) if place and one is not None]

    def put(self, place: int, found: Upload | None, strokes: Strokes | None = None) -> None:
        """Put a picture into a place, and what is painted on it; the same one keeps that."""
        self.refused.clear()  # what was wrong before is no news anymore
        same = found is not None and self.pictures[place] == found and strokes is None
        if place == 0:
            self.content = found
        else:
            self.styles[place - 1] = found
        if not same:
            self.strokes[place] = strokes
            self.redrawn += 1

    @property
    def has_sketch_on_stage(self) -> bool:
        """Whether the stage has the sketch of the form already, or what has become of it."""
        painting = self.task is not None and not self.task.state.final
        return self.sketch is self.taken and bool(self.entry or self.asked or painting)

    @property
    def sketched(self) -> str:
        """The sketch of the form, until it is finished the one before; else an empty string."""
        sketch, content = self.sketch, self.content
        if sketch is None or content is None or sketch.content.name != content.name:
            return ""
        if self.has_sketch_on_stage:
            return ""
        return sketch.picture if sketch.state.final else sketch.sketch

    def advance(self) -> None:
        """Show the next task that the page asked for when the last one is finished."""
        if self.task is not None and self.task.state.final:
            self.entry = self.task.entry or self.entry
        if self.asked and (self.task is None or self.task.state.final):
            self.task = self.asked.popleft()
            self.before, self.entry, self.beside = self.entry or self.before, None, None

    @property
    def busy(self) -> bool:
        """Whether something that the page shows is going on."""
        shown = [*self.sheet, *self.asked, *([self.task] if self.task else [])]
        return any(not task.state.final for task in shown)


AnyPage = TypeVar("AnyPage", bound=OpenPage)


class Pages(Generic[AnyPage]):
    """The open pages of a kind, by name."""

    def __init__(self, kind: Callable[[str], AnyPage]) -> None:
        self.kind = kind
        self.lock = threading.Lock()
        self.tabs: OrderedDict[str, AnyPage] = OrderedDict()

    def of(self, session: str | None) -> AnyPage:
        """Return a page; an unknown one begins empty."""
        key = session or ""
        with self.lock:
            tab = self.tabs.setdefault(key, self.kind(key))
            self.tabs.move_to_end(key)
            if len(self.tabs) > MOST_TABS:
                self.tabs.popitem(last=False)
            return tab

    def all(self) -> list[AnyPage]:
        """Return the open pages."""
        with self.lock:
            return list(self.tabs.values())


class Tabs(Pages[Tab]):
    """The open pages where pictures are painted."""

    def __init__(self) -> None:
        super().__init__(Tab)

    def watching(self, task: Task) -> bool:
        """Tell whether some page shows a task."""
        with self.lock:
            return any(tab.task is task for tab in self.tabs.values())

    def has(self, session: str) -> bool:
        """Tell whether a page is open."""
        with self.lock:
            return session in self.tabs

    def forget(self, session: str | None) -> None:
        """Forget a page that was closed. What it asked for is painted all the same."""
        with self.lock:
            self.tabs.pop(session or "", None)
