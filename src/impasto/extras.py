"""What Impasto can do with packages that it does not bring along, and how to get them.

Sentences name the package, not the extra: what installs a package works whether Impasto came from
a clone, a wheel or an index.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

from impasto.errors import SettingsError

EXTRAS: Final = {
    "studio": ("gradio>=6.31,<7",),
    "curves": ("matplotlib>=3.8,<4",),
    "matconvnet": ("scipy>=1.11,<2",),
    "faces": ("opencv-python-headless>=4.8,<5",),
    "heic": ("pillow-heif>=0.18,<2",),
    "video": ("av>=17,<20", "opencv-python-headless>=4.8,<5"),
    "cluster": ("distributed>=2025.1",),
    "sound": ("av>=17,<20",),
    "tensorboard": ("tensorboard>=2.16,<3",),
}
"""The packages that each extra brings, as in ``pyproject.toml``."""


def install(extra: str) -> str:
    """Return the command that installs what an extra brings, for any shell.

    Example:
        >>> install("curves")
        'python -m pip install "matplotlib>=3.8,<4"'
    """
    packages = " ".join(f'"{package}"' for package in EXTRAS[extra])
    return f"python -m pip install {packages}"


def require(module: str, extra: str, why: str, otherwise: str = "") -> Any:
    """Return a module that an extra brings; importing it may take a while.

    Args:
        module: Its name.
        extra: A row of `EXTRAS`.
        why: What needs it, the beginning of a sentence.
        otherwise: What can be done instead, the end of it.

    Raises:
        SettingsError: If it is not installed; the message says how to get it.

    """
    try:
        return import_module(module)
    except ImportError:
        raise SettingsError(f"{why}: {install(extra)}{otherwise}.") from None
