"""Paint the cells of a sweep with several workers: the same files as without them.

The workers read no file of this machine and write none: pictures travel there, and come back.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager

from impasto.cluster import Answer, Crew, Hands, Order, WorkerReport
from impasto.errors import PictureError, UsageError
from impasto.images import replace_file
from impasto.run import Result, Stop
from impasto.sweeps.cells import CellResult
from impasto.sweeps.errand import Delivery, Errand, carry_out
from impasto.sweeps.running import Followers, Painting, SweepSchedule, sentence, work
from impasto.sweeps.store import picture_file, write_result


@contextmanager
def painted(
    found: SweepSchedule,
    hands: Hands,
    judge: str = "",
    stop: Stop = lambda: False,
    follow: Followers = lambda cell: (),
    tell: Callable[[str], None] = lambda sentence: None,
) -> Iterator[Iterator[Result | WorkerReport | CellResult]]:
    """Yield the events of the work, by this process or by others, who are there for the block.

    Args:
        found: The schedule.
        hands: Who paints.
        judge: See `share`.
        stop: See `work` and `share`.
        follow: See `work`; others are not followed.
        tell: Is told of Dask's own page about the work, if there is one.
    """
    if hands.others and found.runs:
        with hands.hired(found.memory, len(found.runs)) as crew:
            if crew.dashboard:
                tell(f"Dask's dashboard: {crew.dashboard}")
            with closing(share(found, crew, judge, stop)) as events:
                yield events
    else:
        with closing(work(found, stop, follow)) as events:
            yield events


def share(
    found: SweepSchedule, crew: Crew, judge: str = "", stop: Stop = lambda: False
) -> Generator[WorkerReport | CellResult, None, None]:
    """Paint everything that is scheduled, yielding how far workers are, and every finished cell.

    Args:
        found: The schedule.
        crew: The workers.
        judge: The network that measures the cells where they are painted; empty for none.
        stop: Asked several times a second: then what is being painted is given up.
    """
    orders = []
    for painting in found.runs:
        try:
            orders.append(order_of(painting, found, judge))
        except UsageError as error:
            yield from (CellResult(cell, error=str(error)) for cell in painting.cells)
    for event in crew.each(carry_out, orders, stop):
        if isinstance(event, WorkerReport):
            yield event
        else:
            yield from delivered(event, found)


def order_of(painting: Painting, found: SweepSchedule, judge: str) -> Order:
    """Return the order for one run.

    Raises:
        UsageError: If the weights of its network are not here.
    """
    errand = Errand.of(painting.cells, found.folder, judge)
    return Order(painting.name, errand, errand.files, painting.seconds)


def delivered(answer: Answer, found: SweepSchedule) -> Iterator[CellResult]:
    """Write what a worker has brought, and yield it."""
    errand: Errand = answer.order.argument
    if answer.error is not None:
        yield from (CellResult(cell, error=sentence(answer.error)) for cell in errand.cells)
        return
    found.hashes.update(answer.files)
    deliveries: list[Delivery] = answer.value
    for each in deliveries:
        yield written(each, found)
    for cell in errand.cells[len(deliveries) :]:
        yield CellResult(cell, error="it was given up: the same command paints it.")


def written(delivery: Delivery, found: SweepSchedule) -> CellResult:
    """Write the picture and the numbers of a cell; one that does not fit on the disk has failed."""
    result = delivery.result
    if result.error:
        return result
    try:
        replace_file(picture_file(found.folder, result.cell), delivery.picture)
        write_result(found.folder, result, found.hashes)
    except PictureError as error:
        return CellResult(result.cell, error=str(error))
    return result
