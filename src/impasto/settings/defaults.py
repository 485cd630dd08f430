"""What the settings that are given say of those that are left open."""

from __future__ import annotations

from typing import Any

from impasto import pyramid
from impasto.backbones import BACKBONES
from impasto.normalization import NORMALIZATIONS
from impasto.registry import INITIALIZERS, LEARNING_RATES
from impasto.settings.fields import Plan, SettingFields
from impasto.settings.parsing import FACE_CARE

WITHOUT_CONTINUATION = 4 / 3
"""How many times the usual evaluations there are where continuation is turned off or has nothing to
do: it saves a quarter."""

MAX_ITERATIONS = 10_000
"""Evaluations at the final size after which a run that was to converge ends all the same."""

PHOTOREAL_WEIGHT, PHOTOREAL_FINISH = 3e4, "poisson"
"""What `photoreal` stands for."""


def defaults(given: SettingFields) -> dict[str, Any]:
    """Return a value for everything that is open and follows from what is given.

    Plan, levels and iterations are three views of one thing and returned together.
    """
    norm, network = NORMALIZATIONS[given.normalization], BACKBONES[given.backbone]
    continues, beta = uses_continuation(given), norm.style_weight
    plan = given.plan or default_plan(given, continues)
    last = plan[-1][1]
    usual = {
        "style_weight": network.effort.style_weight if beta is None else beta,
        "content_weight": norm.content_weight,
        "tv_weight": norm.tv_weight,
        "tv": norm.tv,
        "content_layers": network.content_layers,
        "style_layers": network.style_layers,
        "pooling": "avg",
        "continuation": pyramid.continued(last) if continues else 0,
        "learning_rate": LEARNING_RATES[given.optimizer],
        "color_match": "transport" if given.color == "content" else None,
        "protect_faces": FACE_CARE,
        "photoreal_weight": PHOTOREAL_WEIGHT if given.photoreal else 0.0,
        "finish": PHOTOREAL_FINISH if given.photoreal else "none",
    }
    chosen = {name: value for name, value in usual.items() if getattr(given, name) is None}
    return {**chosen, "plan": plan, "levels": len(plan), "iterations": last}


def default_plan(given: SettingFields, continues: bool) -> Plan:
    """Return the sizes and their evaluations for a size, and for what is given of the rest."""
    effort = BACKBONES[given.backbone].effort
    if holds_look(given):
        enough = effort.at(pyramid.held(given.size))
        levels = pyramid.holding(given.size, round(enough * WITHOUT_CONTINUATION), effort.growth)
    else:
        # Alone, a size has to do what the coarser ones do.
        enough = effort.most if given.levels == 1 else effort.at(given.size)
        usual = round(enough * (1 if continues else WITHOUT_CONTINUATION))
        iterations = given.iterations or (MAX_ITERATIONS if given.converge else usual)
        levels = pyramid.plan(given.size, iterations, given.levels, effort.growth)
    return tuple((level.size, level.evaluations) for level in levels)


def holds_look(given: SettingFields) -> bool:
    """Tell whether a large picture is to keep the look of a small one: see `pyramid.holding`.

    The weight that `auto` finds at a small size is right for that look.
    """
    return given.auto and not (given.iterations or given.levels or given.converge)


def uses_continuation(given: SettingFields) -> bool:
    """Tell whether there is a photograph that gives way to a style: see `continuation`.

    A start picture is one to go on from, and not to be led back to the photograph. Nor is there
    time for continuation where a look is held.
    """
    gives_way = given.content_weight != 0 and given.style_weight != 0 and given.init in INITIALIZERS
    return gives_way and given.continuation != 0 and not holds_look(given)
