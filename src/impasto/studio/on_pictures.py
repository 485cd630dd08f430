"""When a picture is given: uploaded, dropped, pasted, chosen among those that are here, deleted."""

from __future__ import annotations

from typing import Any

import gradio as gr

from impasto.errors import ImpastoError
from impasto.studio import views
from impasto.studio.inputs import KINDS
from impasto.studio.listeners import NO_PROGRESS, Listeners, chosen, is_removal


class OnPictures(Listeners):
    """Puts the pictures that are given into their places."""

    def connect(self) -> None:
        """Connect boxes and strips."""
        page = self.page
        for place, component in enumerate([page.content, *page.styles]):
            self.connect_picture(place, component)
        self.connect_strip(page.content_samples, [page.content], None)
        self.connect_strip(page.style_samples, page.styles, page.sample)
        self.connect_strip(page.uploads, page.styles, page.sample)

    def connect_picture(self, place: int, component: Any) -> None:
        """Connect the content image, place 0, or a style picture."""
        notice, kind = self.page.notice, KINDS[min(place, 1)]

        def receive(path: str | None, request: gr.Request) -> tuple[Any, Any]:
            if path is None:
                return gr.skip(), gr.skip()
            studio, tab = self.at(request)
            with tab.receiving:
                try:
                    found = studio.upload(path, (kind,))
                except ImpastoError as error:
                    tab.refused[place] = str(error)
                    kept = tab.pictures[place]
                    return str(kept.thumbnail) if kept else None, views.notice("")
                tab.put(place, found)
            return str(found.thumbnail), views.notice("")

        def clear(request: gr.Request) -> Any:
            _, tab = self.at(request)
            tab.put(place, None)
            return views.notice("")

        shown = {**NO_PROGRESS, "show_progress": "minimal"}
        changes = [component.upload(receive, component, [component, notice], **shown)]
        if place < len(self.page.given):
            given = self.page.given[place]
            changes.append(given.upload(receive, given, [component, notice], **shown))
        changes.append(component.clear(clear, None, notice, **NO_PROGRESS))
        for change in changes:
            change.then(self.look, None, self.live, **NO_PROGRESS)

    def connect_strip(self, strip: Any, places: list[Any], which: Any) -> None:
        """Connect samples and recent uploads: with one place, or with the number of one of several.

        Each strip has its own handler: whom an event comes from cannot be asked, since every page
        has its own copies of the components.
        """

        def put(event: gr.EventData, request: gr.Request, number: int) -> list[Any]:
            studio, tab = self.at(request)
            shown = [gr.skip() for _ in places]
            try:
                if is_removal(event):
                    studio.forget(chosen(event))
                    return [*shown, views.notice("")]
                found = studio.choose(chosen(event))
            except ImpastoError as error:
                return [*shown, views.notice(str(error), bad=True)]
            shown[max(number, 1) - 1] = str(found.thumbnail)
            tab.put(number, found)
            return [*shown, views.notice("")]

        def pick_one(event: gr.EventData, request: gr.Request) -> list[Any]:
            return put(event, request, 0)

        def pick_of_several(event: gr.EventData, request: gr.Request, number: int) -> list[Any]:
            return put(event, request, int(number))

        outputs = [*places, self.page.notice]
        if which is None:
            picked = strip.click(pick_one, None, outputs, trigger_mode="multiple", **NO_PROGRESS)
        else:
            picked = strip.click(
                pick_of_several, which, outputs, trigger_mode="multiple", **NO_PROGRESS
            )
        picked.then(self.look, None, self.live, **NO_PROGRESS)
