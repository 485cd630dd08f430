"""Ranks of one picture: processes of this machine that call a function together."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
import torch.multiprocessing as multiprocessing

from impasto.ranks import Ranks


def on_ranks(count: int, function: Callable[..., Any], *given: Any) -> list[Any]:
    """Return what a function gives on each of so many ranks, called with `Ranks` first."""
    if count == 1:
        store = dist.HashStore()
        dist.init_process_group("gloo", store=store, rank=0, world_size=1)
        try:
            return [function(Ranks(0, 1, store), *given)]
        finally:
            dist.destroy_process_group()
    with tempfile.TemporaryDirectory() as folder:
        multiprocessing.spawn(_rank, (count, folder, function, given), nprocs=count)
        return [torch.load(Path(folder, f"{k}"), weights_only=False) for k in range(count)]


def _rank(rank: int, count: int, folder: str, function: Callable[..., Any], given: Any) -> None:
    torch.set_num_threads(1)
    store = dist.FileStore(f"{folder}/store", count)
    dist.init_process_group("gloo", store=store, rank=rank, world_size=count)
    found = function(Ranks(rank, count, store), *given)
    torch.save(found, f"{folder}/{rank}")
    dist.destroy_process_group()
