"""A control of the page for every setting."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import gradio as gr

from impasto.studio import dials
from impasto.studio.form import Control, controls
from impasto.studio.scripts import script


def large() -> dict[str, Any]:
    """Place the controls that are always in sight, and return them by setting."""
    return {each.name: widget(each) for each in controls() if not each.group}


def advanced() -> dict[str, Any]:
    """Place every other control under the heading of its group, and return them by setting."""
    placed: dict[str, Any] = {}
    rest = [each for each in controls() if each.group]
    for group, members in groupby(rest, key=lambda each: each.group):
        with gr.Accordion(group, open=False, elem_classes="group"):
            placed |= {each.name: widget(each) for each in members}
    return placed


def widget(this: Control) -> Any:
    """Return the component of a control."""
    if this.kind in ("dial", "segments"):
        drawn = dials.dial(this) if this.kind == "dial" else dials.segments(this)
        return gr.HTML(
            this.value,
            html_template=drawn,
            js_on_load=script("dials"),
            elem_id=f"setting-{this.name}",
            elem_classes="large",
        )
    common: dict[str, Any] = {
        "label": this.label,
        "info": this.help,
        "value": this.value,
        "elem_id": f"setting-{this.name}",
    }
    if this.kind == "choice":
        return gr.Dropdown(list(this.choices), **common)
    if this.kind == "flag":
        return gr.Checkbox(**common)
    if this.kind == "number":
        return gr.Number(**common)
    return gr.Textbox(placeholder="automatic", max_lines=1, **common)
