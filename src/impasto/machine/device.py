"""Device, precision and threads: what a run chooses by itself, so that it can be recorded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from impasto.errors import SettingsError

if TYPE_CHECKING:
    import torch


def choose_device(wanted: str | None) -> str:
    """Return the device asked for, or the fastest here.

    Raises:
        SettingsError: If torch does not know the device or this machine does not have it.
    """
    import torch

    if wanted is None:
        if torch.cuda.is_available():
            return "cuda"
        return "mps" if torch.backends.mps.is_available() else "cpu"
    if not is_here(wanted):
        raise SettingsError(
            f"device '{wanted}' is not available here: it must be cpu, or cuda, cuda:1, mps "
            "where torch has them; leave it out for the best one."
        )
    return wanted


def is_here(device: str) -> bool:
    """Tell whether torch knows a device and this machine can compute on it."""
    import torch

    try:
        torch.empty(0, device=device)
        return torch.device(device).type in ("cpu", "cuda", "mps")
    except (RuntimeError, AssertionError):
        return False


def choose_precision(wanted: str | None, device: str) -> str:
    """Return the precision asked for, or bfloat16 where the processor computes it natively.

    Raises:
        SettingsError: If the device has no numbers of this precision.
    """
    if wanted == "float64" and device.startswith("mps"):
        raise SettingsError(
            f"precision is float64 and device is {device}, which has none: give float32 or another "
            "device."
        )
    if wanted is not None:
        return wanted
    native = device.startswith("cpu") and has_native_bfloat16()
    return "bfloat16" if native else "float32"


def dtype_of(precision: str) -> torch.dtype:
    """Return torch's type of numbers for a precision: a row of `impasto.registry.PRECISIONS`.

    Example:
        >>> dtype_of("bfloat16")
        torch.bfloat16
    """
    import torch

    types = (torch.float32, torch.bfloat16, torch.float64)
    return {str(dtype).removeprefix("torch."): dtype for dtype in types}[precision]


def has_native_bfloat16() -> bool:
    """Tell whether the CPU multiplies bfloat16 itself; where it does not, float32 is faster."""
    import torch

    if hasattr(torch.cpu, "get_capabilities"):
        has = torch.cpu.get_capabilities()
        return any(has.get(name, False) for name in ("avx512_bf16", "amx_tile"))
    # In older releases of torch, only private functions tell.
    probes = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return any(getattr(torch.cpu, probe, bool)() for probe in probes)


def choose_threads(wanted: int | None) -> int:
    """Return the number of threads asked for, or that of the process."""
    import torch

    return wanted or torch.get_num_threads()


@contextmanager
def computing_with(threads: int) -> Iterator[None]:
    """Compute with so many threads in a block; afterwards the process has as many as before.

    The number is the process's: not for blocks of several threads at once.
    """
    import torch

    before = torch.get_num_threads()
    if threads == before:  # to set what is set would keep torch from choosing by itself
        yield
        return
    torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)
