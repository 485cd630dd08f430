"""The layout of the page: what is on it, in the order in which a keyboard reaches it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import gradio as gr

from impasto.studio import brushes, views, widgets
from impasto.studio.tabs import STYLES

IDLE_SECONDS, BUSY = 3.0, 0.6
"""Seconds between two looks of a page at its picture."""

PICK = """
element.addEventListener('click', event => {
  const button = event.target.closest('button[data-name]');
  if (button) trigger('click', {name: button.dataset.name});
});
"""
"""Tells which of several small pictures was chosen: its name only."""

PASTE = """() => document.addEventListener('paste', event => {
  const file = [...(event.clipboardData?.files || [])].find(each => each.type.startsWith('image/'));
  if (!file) return;
  const filled = id => document.querySelector(`#${id} img`);
  const there = event.target.closest?.('#photograph, [id^=painting-]')?.id;
  const next = filled('photograph') && !filled('painting-1') ? 'painting-1' : 'photograph';
  const place = there || next;
  const input = document.querySelector(`#${place} input[type=file]`);
  if (!input) return;
  const files = new DataTransfer();
  files.items.add(file);
  input.files = files.files;
  input.dispatchEvent(new Event('change', {bubbles: true}));
  event.preventDefault();
})"""
"""A picture that is pasted anywhere: into the place that has the focus, or the next empty one."""

ALOUD = "element.setAttribute('aria-live', 'polite'); element.setAttribute('role', 'status');"
"""What changes in it is read aloud by a screen reader."""


@dataclass(eq=False)
class StudioPage:
    """The components of the page by what they are for."""

    content: Any = None
    sample: Any = None
    styles: list[Any] = field(default_factory=list)
    weights: list[Any] = field(default_factory=list)
    content_samples: Any = None
    style_samples: Any = None
    brushes: Any = None
    understood: Any = None
    settings: dict[str, Any] = field(default_factory=dict)
    paint: Any = None
    opened: Any = None
    notice: Any = None
    stage: Any = None
    status: Any = None
    aloud: Any = None
    stop: Any = None
    after: Any = None
    resume: Any = None
    larger: Any = None
    vary: Any = None
    remove: Any = None
    details: Any = None
    sheet: Any = None
    queue: Any = None
    history: Any = None
    timer: Any = None


def lay_out() -> StudioPage:
    """Place everything on the page and return it."""
    page = StudioPage()
    gr.HTML(
        "<header><h1>Impasto</h1><p>Paint a photograph in the style of a painting.</p></header>"
    )
    with gr.Row(elem_id="studio", equal_height=False):
        with gr.Column(elem_id="panel"):
            panel(page)
        with gr.Column(elem_id="easel"):
            easel(page)
        with gr.Column(elem_id="controls"):
            settings(page)
    gr.HTML('<h2 class="heading">Finished pictures</h2>')
    page.history = gr.HTML(elem_id="history", js_on_load=PICK)
    page.timer = gr.Timer(IDLE_SECONDS)
    return page


def panel(page: StudioPage) -> None:
    """Place what a picture is made from."""
    with gr.Row(elem_classes="pair", equal_height=True):
        page.content = picture("Photograph", "photograph")
        page.styles = [picture("Painting", "painting-1")]
    with gr.Accordion("Samples and recent uploads", open=True, elem_id="samples"):
        page.content_samples = gr.HTML(elem_id="photographs", js_on_load=PICK)
        page.style_samples = gr.HTML(elem_id="styles", js_on_load=PICK)
    with gr.Accordion("Regions", open=False, elem_id="regions"):
        page.brushes = gr.HTML(elem_id="brushes", js_on_load=brushes.behavior())
        page.understood = gr.HTML(elem_id="understood", js_on_load=ALOUD)
    with gr.Row(elem_classes="actions"):
        page.paint = gr.Button("Paint", variant="primary", elem_id="paint", scale=3)
        page.vary = gr.Button("Vary", elem_id="vary", scale=1)
    page.notice = gr.HTML(views.notice(""), elem_id="notice")


def settings(page: StudioPage) -> None:
    """Place how it is painted."""
    page.settings |= widgets.large()
    with gr.Accordion("More paintings", open=False, elem_id="more"):
        places = [(str(number), number) for number in range(1, STYLES + 1)]
        page.sample = gr.Radio(
            places, value=1, label="A sample that is pressed becomes painting", elem_id="sample"
        )
        page.weights = [weight("Weight of the first painting", 1)]
        for number in range(2, STYLES + 1):
            with gr.Row(elem_classes="pair"):
                page.styles.append(picture(f"Painting {number}", f"painting-{number}"))
                page.weights.append(weight(f"Weight of painting {number}", number))
    with gr.Accordion("Advanced", open=False, elem_id="advanced"):
        page.settings |= widgets.advanced()
    page.opened = gr.UploadButton(
        "Open a picture made by Impasto", size="sm", elem_id="open", type="filepath"
    )
    page.opened.preprocess = undecoded


def easel(page: StudioPage) -> None:
    """Place the picture and what can be done with it."""
    page.stage = gr.HTML(views.EMPTY, elem_id="stage")
    page.status = gr.HTML("", elem_id="status")
    page.aloud = gr.HTML("", elem_id="aloud", js_on_load=ALOUD)
    page.stop = gr.Button("Stop and keep", variant="stop", visible=False, elem_id="stop")
    with gr.Column(visible=False, elem_id="after") as page.after:
        page.details = gr.HTML("", elem_id="details")
        with gr.Row(elem_classes="actions"):
            page.resume = gr.Button("Continue", size="sm", elem_id="continue")
            page.larger = gr.Button("Paint larger", size="sm", elem_id="larger")
            page.remove = gr.Button("Remove", size="sm", elem_id="remove")
    page.sheet = gr.HTML("", elem_id="sheet", js_on_load=PICK)
    page.queue = gr.HTML("", elem_id="queue")


def picture(label: str, name: str) -> Any:
    """Return a place for a picture: drop, paste or choose a file."""
    place = gr.Image(
        label=label,
        sources=["upload", "clipboard"],
        type="filepath",
        buttons=[],
        elem_id=name,
        height=180,
        alt_text=label,
        placeholder=f"Drop a {label.split()[0].lower()}",
    )
    place.preprocess = undecoded  # the studio decodes, with limits of its own
    return place


def undecoded(payload: Any) -> str | None:
    """Return the file that the server received; `app.Blocks` has found it in its folder."""
    return None if payload is None else str(payload.path)


def weight(label: str, number: int) -> Any:
    """Return the weight of a style picture among several."""
    return gr.Slider(0, 10, value=1, step=0.1, label=label, buttons=[], elem_id=f"weight-{number}")
