"""Many paintings at once: products of settings, and the figures of sources.

axes.py          NAME=a,b,c  ->  a sweep
product.py       axes  ->  cells
figures.py       a figure of a source, as a sweep
figure_table.py  all of them: those of the paper, and of its readers
figure_axes.py   what varies in them
cells.py         Sweep, Axis, Cell, CellResult
running.py       paint the cells
sharing.py       paint them with several workers
errand.py        what a worker is sent out for, and what it brings back
reporting.py     paint, measure and report them
library.py       all of it at once, for Python
sampling.py      some cells, drawn at random
judging.py       measure them, by a network that did not paint
store.py         their files, and which of them exist
command.py       the command that paints a cell again
names.py         names of cells and files
report/          contact sheet, page, table, written anew after every cell
"""

from impasto.sweeps.axes import make_sweep
from impasto.sweeps.cells import Axis, AxisValue, Cell, CellResult, Sweep
from impasto.sweeps.figure_table import ALIASES, FIGURES
from impasto.sweeps.figures import figure
from impasto.sweeps.judging import Judge
from impasto.sweeps.library import paint_sweep
from impasto.sweeps.names import unique
from impasto.sweeps.product import settings_of
from impasto.sweeps.report.comparison import read_other
from impasto.sweeps.report.table import table
from impasto.sweeps.report.writing import NAMES, Report
from impasto.sweeps.reporting import SweepEvent, reported
from impasto.sweeps.running import Painting, SweepSchedule, job_of, keep, schedule, work
from impasto.sweeps.sampling import sampled
from impasto.sweeps.sharing import painted
from impasto.sweeps.store import HIDDEN, make_folder, picture_file, written_hash

__all__ = [
    "ALIASES",
    "FIGURES",
    "HIDDEN",
    "NAMES",
    "Axis",
    "AxisValue",
    "Cell",
    "CellResult",
    "Judge",
    "Painting",
    "Report",
    "Sweep",
    "SweepEvent",
    "SweepSchedule",
    "figure",
    "job_of",
    "keep",
    "make_folder",
    "make_sweep",
    "paint_sweep",
    "painted",
    "picture_file",
    "read_other",
    "reported",
    "sampled",
    "schedule",
    "settings_of",
    "table",
    "unique",
    "work",
    "written_hash",
]
