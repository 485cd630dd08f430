"""How good a painting is: its distances from style and content, by a network that did not paint.

scores.py           the distances, and those of pictures that took no painting
content_metrics.py  how much of the content is left
"""

from impasto.evaluation.scores import (
    Measure,
    Scores,
    choose_network,
    fitted,
    judge,
    judged_size,
    load_network,
)

__all__ = [
    "Measure",
    "Scores",
    "choose_network",
    "fitted",
    "judge",
    "judged_size",
    "load_network",
]
