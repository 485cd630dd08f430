"""What the page can ask for. A path that it sends counts only as that of a file it has uploaded."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from impasto import images
from impasto.errors import ImpastoError, PictureError, UsageError
from impasto.job import Recipe
from impasto.settings import SPECS, Group, Settings
from impasto.studio.blind import BlindTrial
from impasto.studio.film_studio import FilmStudio
from impasto.studio.form import to_settings
from impasto.studio.gallery import StyleGallery
from impasto.studio.history import History
from impasto.studio.inputs import KINDS, Upload, Uploads, open_recipe
from impasto.studio.preview import Preview
from impasto.studio.received import Received
from impasto.studio.regions import MaskFolder, Masks, to_masks
from impasto.studio.sketches import Sketches, sketch_settings, sketch_task
from impasto.studio.sound_studio import SoundStudio
from impasto.studio.store import Store
from impasto.studio.strokes import of_mask, received
from impasto.studio.tabs import STYLES, Tab, Tabs
from impasto.studio.tasks import AnyTask, Task
from impasto.studio.variants import LARGER, again, variants
from impasto.studio.worker import Worker

LARGEST_LABEL = 80
"""Characters of a file's name that are shown."""


class Studio:
    """Everything behind the pages of one person: the folder, the worker, and the open pages."""

    def __init__(
        self, folder: Path, worker: Worker | None = None, received: Received | None = None
    ) -> None:
        """Open what is in the folder.

        Args:
            folder: Where pictures, uploads, masks and answers are.
            worker: Who paints, and perhaps for others, too.
            received: Where the server puts uploads.
        """
        self.folder = folder
        self.received = received or Received(folder / "received")
        self.inputs = Uploads(folder / "inputs")
        self.masks = MaskFolder(folder / "masks")
        self.store = Store(folder / "pictures")
        self.worker = worker or Worker()
        self.preview = Preview()
        self.sketches = Sketches(folder / "masks" / "sketches", self.worker)
        self.gallery = StyleGallery(self.worker, self.inputs)
        self.history = History(self.store, BlindTrial(self.store, folder / "answers.jsonl"))
        self.tabs = Tabs()
        self.sounds = SoundStudio(folder / "sounds", self.worker, self.received)
        self.film_studio = FilmStudio(folder / "films", self.worker, self.received, self.inputs)

    def upload(self, sent: object, kinds: tuple[str, ...] = KINDS) -> Upload:
        """Take in a picture that the server has received.

        Args:
            sent: Its path, as a page names it; anything may come.
            kinds: What it is given as.

        Raises:
            PictureError: If nothing was received under this path, or no picture, or too large a
                one.
        """
        path = self.received.file(sent)
        found = self.inputs.accept(path, path.name[-LARGEST_LABEL:], kinds)
        self.inputs.tidy({found.name, *self.needed()})
        return found

    def needed(self) -> set[str]:
        """Return the uploads that something may still be painted from."""
        names = {name for entry in self.store.all() for name in (entry.content, *entry.styles)}
        for task in self.pictures_to_come():
            names |= {one.name for one in (task.content, *task.styles)}
        names |= self.film_studio.needed()
        return names | {one.name for tab in self.tabs.all() for one in tab.pictures if one}

    def open(self, sent: object) -> Recipe:
        """Return the recipe inside a picture that the server has received.

        Raises:
            UsageError: If nothing was received under this path, or it has no recipe.
        """
        path = self.received.file(sent)
        return open_recipe(path, path.name[-LARGEST_LABEL:])

    def choose(self, name: object) -> Upload:
        """Return a sample or an upload that was chosen.

        Raises:
            PictureError: If it is not there anymore.
        """
        found = self.inputs.find(name)
        if found is None:
            raise PictureError("this picture is not there anymore: choose another.")
        return found

    def forget(self, name: object) -> None:
        """Delete an upload.

        Raises:
            PictureError: If it is not there anymore, or something may still be painted from it.
        """
        found = self.choose(name)
        if found.name in self.needed():
            raise PictureError(
                f"'{found.label}' stays: a finished picture or an open page has it. Remove these "
                "first."
            )
        self.inputs.remove(found)

    def paint(self, tab: Tab, values: Mapping[str, Any], weights: list[float]) -> Task:
        """Ask for the picture that the form describes.

        Raises:
            UsageError: If something is missing or wrong.
        """
        task = Task(tab.session, *self.wanted(tab, to_settings(values), weights), self.store)
        task.sketch = self.sketches.take(tab, self._sketch(tab, values, weights))
        self._ask(tab, task)
        return task

    def sketch(self, tab: Tab, values: Mapping[str, Any], weights: list[float]) -> Task | None:
        """Ask for a sketch of what the form describes, in place of the last one.

        Returns:
            The task, which may have been there before; None if the form describes no picture that
            can be painted, and why is told to who wants to paint it.
        """
        return self.sketches.ask(tab, self._sketch(tab, values, weights))

    def _sketch(self, tab: Tab, values: Mapping[str, Any], weights: list[float]) -> Task | None:
        try:
            settings, folder = sketch_settings(values), self.sketches.masks
            return sketch_task(tab.session, *self.wanted(tab, settings, weights, folder))
        except ImpastoError:
            return None

    def vary(self, tab: Tab, values: Mapping[str, Any], weights: list[float]) -> None:
        """Ask for small variants of what the form describes.

        Raises:
            UsageError: If something is missing or wrong.
        """
        wanted = self.wanted(tab, to_settings(values), weights)
        sheet = variants(tab.session, *wanted)
        for task in tab.sheet:
            self.worker.stop(task)
        tab.sheet, tab.on_sheet = sheet, True
        tab.refused.clear()
        for task in tab.sheet:
            self.worker.ask(task)

    def resume(self, tab: Tab, values: Mapping[str, Any], larger: bool) -> Task:
        """Ask for more evaluations from the finished picture, or for a larger one from it.

        Raises:
            UsageError: If there is no picture, or what it was painted from is gone.
        """
        entry = tab.entry
        if entry is None:
            raise UsageError("no finished picture is shown: choose one first.")
        content = self.choose(entry.content)
        styles = tuple(self.choose(name) for name in entry.styles)
        iterations = to_settings(values).completed().iterations
        settings = portable(self.store.recipe(entry)).replace(
            iterations=iterations, continuation=None
        )
        masks = Masks(
            tuple(map(self.masks.find, entry.content_masks)),
            tuple(map(self.masks.find, entry.style_masks)),
        )
        sources = content, styles, settings, masks
        task = again(tab.session, self.store, entry, *sources, factor=LARGER if larger else 1)
        self._ask(tab, task)
        return task

    def _ask(self, tab: Tab, task: Task) -> None:
        tab.on_sheet = tab.comparing = False
        tab.refused.clear()
        tab.asked.append(task)
        tab.advance()
        self.worker.ask(task)

    def wanted(
        self, tab: Tab, settings: Settings, weights: list[float], folder: MaskFolder | None = None
    ) -> tuple[Upload, tuple[Upload, ...], Settings, Masks]:
        """Return what a page wants painted: its pictures, with the settings of the form.

        Raises:
            UsageError: If something is missing or wrong.
        """
        if tab.content is None:
            raise UsageError("there is no photograph yet: drop one, or choose a sample.")
        styles = tuple(style for style in tab.styles if style is not None)
        if not styles:
            raise UsageError("there is no painting yet: drop one, or choose a sample.")
        if len(styles) > 1:
            blend = tuple(weights[place - 1] for place in tab.chosen)
            settings = settings.replace(style_blend=blend)
        strokes = [tab.strokes[place] for place in tab.chosen]
        keep = (folder or self.masks).keep
        parts = [tuple(map(keep, each)) for each in to_masks(tab.strokes[0], strokes)]
        return tab.content, styles, settings, Masks(*parts)

    def brush(self, tab: Tab, place: object, name: object, mask: object, at: object) -> None:
        """Take what a page says was painted onto the picture in a place, and when.

        Raises:
            PictureError: If it is nothing of the kind.
        """
        if (
            not isinstance(place, int)
            or not 0 <= place <= STYLES
            or not isinstance(at, float | int)
        ):
            raise PictureError("what the brush painted did not arrive: paint again.")
        strokes, picture = received(mask), tab.pictures[place]
        if picture is None or picture.name != name or at < tab.heard[place]:
            return  # the picture has been exchanged since, or a later message came first
        tab.strokes[place], tab.heard[place] = strokes, at

    def stop(self, tab: Tab) -> None:
        """Stop what the page shows; a picture that has begun is kept."""
        for task in [*tab.sheet, *([tab.task] if tab.task else [])]:
            if not task.state.final:
                self.worker.stop(task)

    def restore(self, tab: Tab, recipe: Recipe) -> str:
        """Take content and styles of a recipe if they are here, and say what was found."""
        files = [recipe.content, *recipe.styles[:STYLES]] if recipe.content else []
        found = [one for file in files if file and (one := self.inputs.recorded(file))]
        recorded = [*recipe.content_masks, *recipe.style_masks]
        masks = [mask for file in recorded if (mask := self.masks.recorded(file))]
        if not files or len(found) < len(files) or len(masks) < len(recorded):
            return "The settings are in the form. Its pictures are not all here: add them."
        return self._put_all(tab, found, masks)

    def take_up(self, tab: Tab, task: Task) -> str:
        """Take content and styles of what is being painted, and say so."""
        masks = [*task.masks.content, *task.masks.styles]
        return self._put_all(tab, [task.content, *task.styles], masks)

    def _put_all(self, tab: Tab, found: list[Upload], masks: list[Path]) -> str:
        pictures = dict(enumerate(found))
        strokes = dict(enumerate(of_mask(images.read(mask)) for mask in masks))
        for place in range(1 + STYLES):
            tab.put(place, None)
            tab.put(place, pictures.get(place), strokes.get(place))
        return "The settings and the pictures are in the form."

    def is_own(self, task: AnyTask) -> bool:
        """Tell whether a task is for the history, or for a page that is open."""
        own = (self.store, self.sounds.store, self.film_studio.store)
        return task.store in own or self.tabs.has(task.session)

    def pictures_to_come(self) -> list[Task]:
        """Return the pictures that are painted or wait, of everybody."""
        return [task for task in self.worker.unfinished() if isinstance(task, Task)]

    @property
    def shown(self) -> list[Path]:
        """The folders whose files a page shows."""
        films = self.film_studio.store.films
        return [self.inputs.folder, self.store.folder, self.sounds.store.folder, films]

    def adopt(self, tab: Tab) -> None:
        """Let a page that shows nothing show a picture that nobody watches anymore."""
        if tab.task is None and tab.entry is None and not tab.sheet:
            for task in self.pictures_to_come():
                if task.store is self.store and not self.tabs.watching(task):
                    tab.task = task
                    return


def portable(recipe: Recipe) -> Settings:
    """Return the settings of a recipe without what the machine had chosen."""
    machine = {name: None for name, this in SPECS.items() if this.group == Group.MACHINE}
    return recipe.settings.replace(**machine)
