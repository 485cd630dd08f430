"""How a function of an image is minimized: the loop, and the optimizers that it asks for steps.

loop.py             minimize, Step, State
continuation.py     the schedule of penalty factors
optimizer.py        what the loop needs of an optimizer
lbfgs.py            L-BFGS with steps of bounded length
lbfgs_bounded.py    the same within [0, 1]
lbfgs_wolfe.py      the same with a search along each direction
line_search.py      that search
curvature_pairs.py  what L-BFGS remembers
partition.py        how its vectors lie, when other processes have parts of them
adam.py             Adam
"""

from impasto.optimize.continuation import schedule
from impasto.optimize.curvature_pairs import kept_type
from impasto.optimize.loop import WINDOW, Function, Schedule, State, Step, minimize
from impasto.optimize.optimizer import Optimizer, OptimizerState
from impasto.optimize.partition import Partition

__all__ = [
    "WINDOW",
    "Function",
    "Optimizer",
    "OptimizerState",
    "Partition",
    "Schedule",
    "State",
    "Step",
    "kept_type",
    "minimize",
    "schedule",
]
