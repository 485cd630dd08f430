"""Where it was measured: processor, threads, versions. No date, no name, no path."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def describe() -> dict[str, Any]:
    """Return what a result depends on."""
    import psutil
    import torch

    import impasto
    from impasto.machine import has_native_bfloat16

    return {
        "processor": processor(),
        "physical cores": psutil.cpu_count(logical=False),
        "logical cores": psutil.cpu_count(),
        "threads": torch.get_num_threads(),
        "memory GiB": round(psutil.virtual_memory().total / 2**30),
        "system": f"{platform.system()} {platform.machine()}",
        "instructions": torch.backends.cpu.get_cpu_capability(),
        "native bfloat16": has_native_bfloat16(),
        "AMX": bool(getattr(torch.cpu, "_is_amx_tile_supported", bool)()),
        "versions": {
            "impasto": impasto.__version__,
            "torch": torch.__version__,
            "python": platform.python_version(),
        },
        "sources": sources(),
    }


def processor() -> str:
    """Return the model name of the processor."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    if platform.system() == "Darwin":
        command = ["sysctl", "-n", "machdep.cpu.brand_string"]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return platform.processor() or platform.machine()


def sources() -> str:
    """Return the beginning of a SHA-256 of the package's code and network."""
    package = ROOT / "src" / "impasto"
    return fingerprint([*package.rglob("*.py"), package / "backbones" / "pocket.sha256"])


def fingerprint(files: Iterable[Path]) -> str:
    """Return the first twelve digits of a SHA-256 over the contents of files."""
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def load() -> float:
    """Return how many processes have lately been waiting for or using a processor."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
