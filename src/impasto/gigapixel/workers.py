"""A job whose tiles are evaluated by workers: processes of this machine, or a cluster's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from impasto.backbones import FrozenNetwork
from impasto.cluster import OF_THE_LIMIT, FarMap, Hands
from impasto.errors import SettingsError
from impasto.gigapixel.forecast import Forecast, best_forecast
from impasto.job import GIB, OVERHEAD, Job, check_tiles, style_losses, wanted_layers
from impasto.objective import Piece, TilePlace
from impasto.run import clock

TRAVEL_ONCE: Final = (FrozenNetwork, TilePlace, Piece)
"""What stays where it has been sent: the network, the targets, a tile with its forward pass."""

LEAST_SIDE: Final = 256
"""Of the tiles that a worker of this machine should at least have memory for."""


@contextmanager
def with_workers(
    job: Job, hands: Hands, tile: int | None = None, tell: Callable[[str], None] = lambda _: None
) -> Iterator[Job]:
    """Yield the job with its tiles in others' hands, who are there for the block.

    Sizes that fit into one tile are painted by this process alone.

    Args:
        job: A painting.
        hands: Who evaluates the tiles; with this process alone, the job stays as it is.
        tile: Side of the tiles, if it is given.
        tell: Is told what the largest size will take.

    Raises:
        UsageError: If a loss needs the whole picture, memory does not suffice, or there is no such
            cluster.
    """
    if not hands.others:
        yield job
        return
    side = tile or LEAST_SIDE
    check_tiles(style_losses(job.settings), side)
    if job.settings.device != "cpu":
        raise SettingsError(
            f"workers compute on processors, and device is {job.settings.device}: add --device cpu."
        )
    height, width = job.sizes.shape(job.settings.size)
    least = OVERHEAD * job.cost.memory * (side + 2 * job.estimate.margin) ** 2
    tiles = -(-height // side) * -(-width // side)
    with hands.hired(least, tiles, job.estimate.without_tiles) as crew:
        forecast = forecast_of(job, crew.size, OF_THE_LIMIT * crew.memory, tile or 0)
        tell(words(forecast, job))
        settings = job.settings.replace(tile=forecast.side)
        yield replace(
            job,
            settings=settings,
            recipe=replace(job.recipe, settings=settings),
            each=FarMap(crew, TRAVEL_ONCE),
            keep=forecast.keep,
        )


def forecast_of(job: Job, workers: int, budget: float, tile: int = 0) -> Forecast:
    """Return what an evaluation of the largest size takes, see `best_forecast`."""
    layers = wanted_layers(job.settings)
    return best_forecast(
        job.sizes.shape(job.settings.size),
        replace(job.cost, seconds=job.cost.seconds * job.settings.threads),
        job.backbone.margin(layers),
        job.backbone.stride(layers),
        8 if job.settings.precision == "float64" else 4,
        workers,
        budget,
        tile,
    )


def words(forecast: Forecast, job: Job) -> str:
    """Return a forecast in two lines."""
    evaluations = job.levels[-1].evaluations
    kept = min(forecast.keep * forecast.workers, forecast.tiles)
    return (
        f"workers: {forecast.workers}; {forecast.tiles} tiles of {forecast.side} px at the last "
        f"size, {forecast.memory / GIB:.2g} GiB each, {kept} tiles kept for the way back\n"
        f"forecast: {clock(forecast.seconds)} for an evaluation of that size, "
        f"{clock(forecast.seconds * (1 + evaluations))} for all; {forecast.traffic / 1e9:.2g} GB "
        f"travel in each; more than {forecast.most_workers} such workers would gain nothing"
    )
