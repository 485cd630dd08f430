"""Let every style loss pull as hard as its share says: weights measured once, then frozen.

How hard a loss pulls on the image depends on its layer, its kind and the pair of pictures. So the
gradient of each style term is measured at the start of a size, and the terms are weighed anew:

    weight' = weight · share · Σ |gradients| / |gradient|

where the share is the term's part of all style weights. Afterwards the weights stay as they are, so
that L-BFGS minimizes one function.

# Differs from Risser et al. (2017), section 4.3, who bound the gradient at every evaluation: what
# results is the gradient of no function.

Source: Risser, Wilmot and Barnes (2017), section 4.3; He, Wang and Hopcroft (2016) weigh layers by
their gradients once, too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from torch import Tensor

from impasto.objective.objective import Term, is_style
from impasto.objective.tiled import AnyObjective

MOST = 10.0
"""No weight changes by more than this factor: a loss that is nearly satisfied hardly pulls, and
must not take over."""


def balanced(objective: AnyObjective, image: Tensor) -> AnyObjective:
    """Return the objective with its style terms weighed by their gradients at ``image``."""
    style = [term for term in objective.terms if is_style(term.name)]
    pulls = {term.name: _pull(objective, term, image) for term in style}
    total, weights = sum(pulls.values()), sum(term.weight for term in style)
    terms = [
        replace(term, weight=term.weight * _factor(term.weight / weights * total, pulls[term.name]))
        if term.name in pulls
        else term
        for term in objective.terms
    ]
    return objective.with_terms(terms)


def reweighed(objective: AnyObjective, weights: Mapping[str, float]) -> AnyObjective:
    """Return the objective with these weights of its terms, by name."""
    return objective.with_terms([replace(t, weight=weights[t.name]) for t in objective.terms])


def _pull(objective: AnyObjective, term: Term, image: Tensor) -> float:
    return float(objective.with_terms([term])(image).gradient.norm())


def _factor(wanted: float, pull: float) -> float:
    """Return the factor from a pull to the one wanted; 1 if either is zero or not finite."""
    if not (pull > 0 and wanted > 0 and math.isfinite(pull) and math.isfinite(wanted)):
        return 1.0
    return min(max(wanted / pull, 1 / MOST), MOST)
