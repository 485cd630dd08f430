"""A painting during and after the work.

run.py              run: paints a job, followed by recorders
result.py           Result: a painting as far as it has come
recorder.py         what follows a run
logs.py             recorder: losses as a table
curves.py           recorder: losses as a chart
tensorboard.py      recorder: losses for TensorBoard
timelapse.py        recorder: a film
zoomable.py         recorder: tiles, and a page that zooms into them
snapshots.py        recorder: numbered pictures and checkpoints
outputs.py          which of these a command asks for
checkpoint.py       where an interrupted run stands
checkpoint_file.py  the same as a file
checkpoint_fields.py  its fields, each of its kind
eta.py              how long a run will still take
fine_style.py       paintings that give style pictures the fine strokes of another
auto.py             paintings that choose the style weight
"""

from impasto.run.checkpoint import Checkpoint
from impasto.run.checkpoint_file import WRONG, read_checkpoint, write_checkpoint
from impasto.run.curves import CURVE_COLORS, plot_losses
from impasto.run.eta import Eta, clock
from impasto.run.logs import losses, numbers
from impasto.run.outputs import Outputs
from impasto.run.recorder import Guarded, Recorder
from impasto.run.result import Result
from impasto.run.run import Stop, Stopped, ready, run
from impasto.run.snapshots import Snapshots
from impasto.run.tensorboard import EventFile, require_tensorboard
from impasto.run.timelapse import Timelapse

__all__ = [
    "CURVE_COLORS",
    "WRONG",
    "Checkpoint",
    "Eta",
    "EventFile",
    "Guarded",
    "Outputs",
    "Recorder",
    "Result",
    "Snapshots",
    "Stop",
    "Stopped",
    "Timelapse",
    "clock",
    "losses",
    "numbers",
    "plot_losses",
    "read_checkpoint",
    "ready",
    "require_tensorboard",
    "run",
    "write_checkpoint",
]
