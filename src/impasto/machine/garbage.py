"""Look for garbage only once there can be some: what an import makes stays.

Python looks through its new objects whenever there are 700 more, and now and then through all. A
painting makes 310,000 until its first evaluation ends, and then 60 with each; 98 of 100 stay. To
look through them again and again is a tenth of the import of torch.
"""

from __future__ import annotations

import gc
from typing import Final

LOADED: Final = 400_000
"""New objects before the first look: more than a command makes until it has begun."""


def spare_the_start() -> None:
    """Look for garbage in this process for the first time when `LOADED` objects are there.

    From then on Python looks as often as ever, but not through what was in use at the first look.
    It is the program that calls this, not the library: it holds for the whole process.
    """
    usual = gc.get_threshold()
    if not gc.isenabled() or usual[0] >= LOADED:
        return  # somebody has decided otherwise, or has called this before

    def settle(phase: str, info: dict[str, int]) -> None:
        """Go back to the usual pace after the first look.

        It stays among the callbacks: a list that one of them shortens is not gone through to its
        end, and those of Dask have to be called every time.
        """
        first = info["generation"] == 0 and gc.get_threshold()[0] == LOADED  # not one asked for
        if phase == "stop" and first:
            gc.freeze()
            gc.set_threshold(*usual)

    gc.callbacks.append(settle)
    gc.set_threshold(LOADED)
