"""The pictures and the weights that both sides of a comparison use.

Impasto decodes the VGG-19 of its package by itself. A baseline, which knows nothing of that, reads
the same numbers from a plain file.
"""

from __future__ import annotations

from pathlib import Path


def pictures(shared: Path) -> tuple[Path, Path]:
    """Return photograph and painting: Tübingen and The Starry Night, or samples of the package."""
    content = shared / "images" / "content" / "tubingen.jpg"
    style = shared / "images" / "styles" / "starry_night.jpg"
    if content.is_file() and style.is_file():
        return content, style
    from impasto import samples

    return samples.photograph("rocket"), samples.painting("swirls")


def write(folder: str) -> str:
    """Write VGG-19 down to conv5_1 in float32, unless it is there; return the path of the file."""
    from safetensors.torch import save_file

    from impasto.backbones.weights.formats import read_tensors
    from impasto.backbones.weights.published import PACKAGED, Digests

    path = Path(folder) / f"vgg19_{Digests.of(PACKAGED).sha256[:8]}.safetensors"
    if not path.is_file():
        _, tensors = read_tensors(PACKAGED)
        temporary = path.with_suffix(".tmp")
        save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, temporary)
        temporary.replace(path)
    return str(path)
