"""Files as the operating system has them: opened, replaced and locked.

reading.py    regular files only, so that nothing waits for a pipe or a device
replacing.py  a file that is complete or not there, and what killed processes leave of one
numbering.py  names that are not taken
locking.py    one process at a time writes a file

Everything here raises OSError; who knows what the file is for makes a sentence of it.
"""

from impasto.filesystem.locking import alone, lock_of
from impasto.filesystem.numbering import numbered
from impasto.filesystem.reading import check_regular, is_regular, open_regular
from impasto.filesystem.replacing import beside, put, replacing, sweep_up

__all__ = [
    "alone",
    "beside",
    "check_regular",
    "is_regular",
    "lock_of",
    "numbered",
    "open_regular",
    "put",
    "replacing",
    "sweep_up",
]
