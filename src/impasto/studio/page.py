"""The layout of the page: what is on it, in the order in which a keyboard reaches it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import gradio as gr

from impasto.studio import choices, stage, views, widgets
from impasto.studio.scripts import ALOUD, script
from impasto.studio.tabs import STYLES

IDLE_SECONDS, BUSY = 3.0, 0.6
"""Seconds between two looks of a page at its picture."""

GIVEN = ("photograph", "painting-1")
"""Boxes that take what is dropped or pasted anywhere on the page."""

ASK = """<dialog id="ask" aria-label="What is this picture?"><form method="dialog">
<img alt="the picture"><p>What is this picture?</p>
<button value="photograph">The photograph</button>
<button value="painting-1">The style</button>
<button value="" class="quiet">Neither</button></form></dialog>"""
"""Asks what one picture is that was dropped where both boxes are full."""


@dataclass(eq=False)
class StudioPage:
    """The components of the page by what they are for."""

    content: Any = None
    sample: Any = None
    styles: list[Any] = field(default_factory=list)
    wrong: list[Any] = field(default_factory=list)
    given: list[Any] = field(default_factory=list)
    weights: list[Any] = field(default_factory=list)
    content_samples: Any = None
    style_samples: Any = None
    uploads: Any = None
    brushes: Any = None
    understood: Any = None
    looks: Any = None
    paper: Any = None
    settings: dict[str, Any] = field(default_factory=dict)
    paint: Any = None
    opened: Any = None
    notice: Any = None
    sketch: Any = None
    pictured: Any = None
    stage: Any = None
    status: Any = None
    numbers: Any = None
    numbers_box: Any = None
    aloud: Any = None
    stop: Any = None
    use_running: Any = None
    after: Any = None
    resume: Any = None
    larger: Any = None
    vary: Any = None
    remove: Any = None
    use: Any = None
    star: Any = None
    compare: Any = None
    put_back: Any = None
    details: Any = None
    sheet: Any = None
    queue: Any = None
    history: Any = None
    blind: Any = None
    timer: Any = None


PAPERS = (("none: for the screen", ""), ("15 × 10 cm", "15x10cm"), ("30 × 20 cm", "30x20cm"),
          ("A4", "29.7x21cm"), ("A3", "42x29.7cm"))  # fmt: skip
"""Sizes on paper."""

TELL = '<button type="button" id="tell-me">Tell me when it is done</button>'
"""Asks the browser for leave to tell, which it does while another tab is looked at."""

USE = "Use these settings"
"""Fills the form from the picture that is shown."""


def lay_out() -> StudioPage:
    """Place everything on the page and return it."""
    page = StudioPage()
    gr.HTML(
        "<header><h1>Impasto</h1><p>Paint a photograph in the style of a painting.</p></header>"
    )
    with gr.Row(elem_id="studio", equal_height=False):
        with gr.Column(elem_id="panel"):
            panel(page)
        with gr.Column(elem_id="begin"):
            begin(page)
        with gr.Column(elem_id="easel"):
            easel(page)
        with gr.Column(elem_id="controls"):
            settings(page)
    gr.HTML('<h2 class="heading">Finished pictures</h2>')
    page.history = gr.HTML(elem_id="history", js_on_load=script("pick"))
    with gr.Accordion("Which do you like better?", open=False, elem_id="trial"):
        page.blind = gr.HTML(choices.HELP_BLIND, elem_id="blind", js_on_load=script("pick"))
    page.timer = gr.Timer(IDLE_SECONDS)
    return page


def panel(page: StudioPage) -> None:
    """Place what a picture is made from."""
    with gr.Row(elem_classes="pair", equal_height=True):
        page.content = picture("Photograph", "photograph")
        page.styles = [picture("Style", "painting-1")]
    page.wrong = [wrong("photograph"), wrong("painting-1")]
    page.given = [gr.UploadButton(elem_id=f"give-{name}", elem_classes="give", type="filepath")
                  for name in GIVEN]  # fmt: skip
    for button in page.given:
        button.preprocess = undecoded
    gr.HTML(ASK, elem_classes="unseen")
    gr.HTML('<h2 class="heading">Styles</h2>')
    page.style_samples = gr.HTML(elem_id="styles", js_on_load=script("pick"))
    with gr.Accordion("Sample photographs and your uploads", open=True, elem_id="samples"):
        page.content_samples = gr.HTML(elem_id="photographs", js_on_load=script("pick"))
        page.uploads = gr.HTML(elem_id="own-styles", js_on_load=script("pick"))


def begin(page: StudioPage) -> None:
    """Place what begins, which is always in reach, and what is said of it."""
    page.notice = gr.HTML(views.notice(""), elem_id="notice")
    page.sketch = gr.HTML("", elem_id="sketch")
    page.pictured = gr.HTML("", elem_classes="unseen")
    with gr.Row(elem_classes="actions"):
        page.paint = gr.Button("Paint", variant="primary", elem_id="paint", scale=3)
        page.vary = gr.Button("Vary", elem_id="vary", scale=1)


def settings(page: StudioPage) -> None:
    """Place how it is painted."""
    gr.HTML('<h2 class="heading">Look</h2>')
    page.looks = gr.HTML(choices.looks("balanced"), elem_id="looks", js_on_load=script("pick"))
    page.settings |= widgets.large()
    page.paper = gr.Dropdown(
        list(PAPERS), value="", label="Print size", elem_id="paper",
        info="sets the size in pixels, at 300 to the inch",
    )  # fmt: skip
    with gr.Accordion("More styles", open=False, elem_id="more"):
        places = [(str(number), number) for number in range(1, STYLES + 1)]
        page.sample = gr.Radio(
            places, value=1, label="A style that is pressed becomes number", elem_id="sample"
        )
        page.weights = [weight("Weight of the first style", 1)]
        for number in range(2, STYLES + 1):
            with gr.Row(elem_classes="pair"):
                page.styles.append(picture(f"Style {number}", f"painting-{number}"))
                page.weights.append(weight(f"Weight of style {number}", number))
            page.wrong.append(wrong(f"painting-{number}"))
    with gr.Accordion("Regions", open=False, elem_id="regions"):
        page.brushes = gr.HTML(elem_id="brushes", js_on_load=script("brush"))
        page.understood = gr.HTML(elem_id="understood", js_on_load=ALOUD)
    with gr.Accordion("Details", open=False, elem_id="advanced"):
        page.settings |= widgets.advanced()
    page.opened = gr.UploadButton(
        "Open a picture made by Impasto", size="sm", elem_id="open", type="filepath"
    )
    page.opened.preprocess = undecoded


def easel(page: StudioPage) -> None:
    """Place the picture and what can be done with it."""
    with gr.Column(elem_id="held"):
        page.stage = gr.HTML(stage.landing(), elem_id="stage", js_on_load=script("stage"))
        page.status = gr.HTML("", elem_id="status")
        page.aloud = gr.HTML("", elem_id="aloud", js_on_load=ALOUD)
        with gr.Accordion(
            "Details", open=False, visible=False, elem_id="progress"
        ) as page.numbers_box:
            page.numbers = gr.HTML("", elem_id="numbers")
        with gr.Row(elem_id="while"):
            page.stop = gr.Button("Stop and keep", variant="stop", visible=False, elem_id="stop")
            page.use_running = gr.Button(USE, visible=False, elem_id="use-running")
            gr.HTML(TELL, elem_id="tell")
    page.sheet = gr.HTML("", elem_id="sheet", js_on_load=script("pick"))
    with gr.Column(visible=False, elem_id="after") as page.after:
        page.details = gr.HTML("", elem_id="details", js_on_load=script("export"))
        with gr.Row(elem_classes="actions"):
            page.use = gr.Button(USE, size="sm", elem_id="use")
            page.resume = gr.Button("Continue", size="sm", elem_id="continue")
            page.larger = gr.Button("Paint larger", size="sm", elem_id="larger")
            page.star = gr.Button("Star", size="sm", elem_id="star")
            page.compare = gr.Button("Compare", size="sm", elem_id="compare")
            page.remove = gr.Button("Remove", size="sm", elem_id="remove")
    page.put_back = gr.Button("Undo: bring the picture back", visible=False, elem_id="put-back")
    page.queue = gr.HTML("", elem_id="queue")


def picture(label: str, name: str) -> Any:
    """Return a place for a picture: drop, paste or choose a file."""
    place = gr.Image(
        label=label,
        sources=["upload"],
        type="filepath",
        buttons=[],
        elem_id=name,
        height=150,
        alt_text=label,
        placeholder="Drop, paste or press",
    )
    place.preprocess = undecoded  # the studio decodes, with limits of its own
    return place


def wrong(name: str) -> Any:
    """Return the place under a box where it is said that a file is no picture."""
    return gr.HTML("", elem_id=f"wrong-{name}", elem_classes="wrong")


def undecoded(payload: Any) -> str | None:
    """Return the file that the server received; `app.Blocks` has found it in its folder."""
    return None if payload is None else str(payload.path)


def weight(label: str, number: int) -> Any:
    """Return the weight of a style picture among several."""
    return gr.Slider(0, 10, value=1, step=0.1, label=label, buttons=[], elem_id=f"weight-{number}")
