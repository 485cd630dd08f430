"""Sound files of every kind that Impasto reads, as small as they can be."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyvips
import torch
from PIL import Image
from safetensors.torch import save_file

from impasto.backbones import BACKBONES
from impasto.job import prepare
from impasto.run import run
from impasto.run.checkpoint_file import write_checkpoint
from impasto.settings import Settings
from tests.scenes import scene, strokes
from tests.support.weight_files import caffemodel, he_tensors, hub_keys, matconvnet

SIZE = (24, 18)
"""Width and height of all pictures."""

PAINTED = {"backbone": "pocket", "size": 16, "plan": "16:2", "threads": 1, "precision": "float32"}
"""Settings of the paintings."""

EXAMPLE = Path(__file__).parents[2] / "examples" / "plugins" / "skew_loss.py"


NETWORK = "vgg19"
"""The network that weight files are of: its first convolution."""


@dataclass(frozen=True)
class Photograph:
    """The pictures that everything is painted from, in a folder."""

    folder: Path

    @property
    def content(self) -> Path:
        """The photograph."""
        return self.folder / "photo.png"

    @property
    def style(self) -> Path:
        """The painting."""
        return self.folder / "style.png"

    @classmethod
    def write(cls, folder: Path) -> Photograph:
        """Write both."""
        folder.mkdir(parents=True, exist_ok=True)
        pair = cls(folder)
        Image.fromarray(scene(*SIZE)).save(pair.content)
        Image.fromarray(strokes(*SIZE)).save(pair.style)
        return pair


def originals_in(folder: Path) -> Path:
    """Return a folder of all originals, written if need be: each kind has a folder there."""
    originals, done = folder / "originals", folder / "originals" / "written"
    if not done.exists():
        shutil.rmtree(originals, ignore_errors=True)
        _write_originals(originals)
        done.touch()
    return originals


def _write_originals(folder: Path) -> None:
    pair = Photograph.write(folder / "pair")
    kinds: dict[str, Callable[[Path, Photograph], None]] = {
        "picture": _pictures,
        "mask": _masks,
        "painting": _paintings,
        "recipe": _recipes,
        "checkpoint": _checkpoints,
        "weights": _weights,
        "plugin": _plugins,
        "cell": _cells,
    }
    for kind, write in kinds.items():
        (folder / kind).mkdir()
        write(folder / kind, pair)


def _pictures(folder: Path, pair: Photograph) -> None:
    color = Image.fromarray(scene(*SIZE))
    pair_of = {"gif": {"save_all": True, "append_images": [Image.fromarray(strokes(*SIZE))]}}
    for suffix in ("bmp", "gif", "jp2", "j2k", "ppm", "tga", "jpg", "webp", "png", "tif"):
        color.save(folder / f"color.{suffix}", **pair_of.get(suffix, {}))
    color.convert("L").save(folder / "gray.pgm")
    color.convert("1").save(folder / "bits.pbm")
    color.convert("P").save(folder / "palette.bmp")
    color.convert("P").save(folder / "palette.png")
    color.convert("CMYK").save(folder / "press.jpg")
    color.convert("CMYK").save(folder / "press.tif")
    color.convert("RGBA").save(folder / "rle.tga", compression="tga_rle")
    words = " ".join(map(str, scene(*SIZE).ravel()))
    (folder / "words.ppm").write_text(f"P3\n# a comment\n{SIZE[0]} {SIZE[1]}\n255\n{words}\n")
    exif = Image.Exif()
    exif[0x0112] = 6
    color.save(folder / "turned.jpg", exif=exif, icc_profile=bytes(_profile("p3")))
    color.save(folder / "progressive.jpg", progressive=True)
    deep = pyvips.Image.new_from_array(np.uint16(scene(*SIZE)) * 257, interpretation="rgb16")
    for name in ("deep.png", "deep.tif", "lzw.tif[compression=lzw]", "tiles.tif[tile]",
                 "jpeg.tif[compression=jpeg]", "interlaced.png[interlace]"):  # fmt: skip
        deep.write_to_file(str(folder / name))
    wide = pyvips.Image.new_from_array(scene(*SIZE), interpretation="srgb").copy()
    wide.set_type(pyvips.GValue.blob_type, "icc-profile-data", bytes(_profile("p3")))
    for name in ("wide.png", "lossless.webp[lossless]", "color.avif"):
        wide.write_to_file(str(folder / name))


def _profile(name: str) -> bytes:
    return bytes(pyvips.Image.profile_load(name))


def _masks(folder: Path, pair: Photograph) -> None:
    white = np.zeros((*SIZE[::-1], 3), np.uint8)
    white[:9] = 255
    Image.fromarray(white).convert("L").save(folder / "gray.png")
    Image.fromarray(white).convert("1").save(folder / "bits.png")
    white[9:] = (255, 0, 0)
    for suffix in ("png", "bmp", "gif"):
        Image.fromarray(white).save(folder / f"color.{suffix}")


def _painted(pair: Photograph, **settings: object):
    job = prepare(str(pair.content), str(pair.style), Settings(**{**PAINTED, **settings}))
    for result in run(job):  # noqa: B007
        pass
    return result


def _paintings(folder: Path, pair: Photograph) -> None:
    result = _painted(pair)
    for suffix in ("png", "jpg", "webp", "tif"):
        result.save(folder / f"painted.{suffix}")


def _recipes(folder: Path, pair: Photograph) -> None:
    (folder / "painted.json").write_text(_painted(pair).job.recipe.to_json())


def _checkpoints(folder: Path, pair: Photograph) -> None:
    for optimizer in ("lbfgsb", "lbfgs", "adam"):
        result = _painted(pair, optimizer=optimizer, history=2)
        write_checkpoint(folder / f"{optimizer}.safetensors", result)


def _weights(folder: Path, pair: Photograph) -> None:
    table = BACKBONES[NETWORK].table[:2]
    tensors = he_tensors(table)
    keyed = hub_keys(table, tensors)
    save_file(keyed, folder / "new.safetensors")
    torch.save(keyed, folder / "new.pth")
    torch.save(keyed, folder / "old.pth", _use_new_zipfile_serialization=False)
    (folder / "new.caffemodel").write_bytes(caffemodel(tensors))
    (folder / "old.caffemodel").write_bytes(caffemodel(tensors, old=True))
    (folder / "packed.mat").write_bytes(matconvnet(tensors))
    (folder / "plain.mat").write_bytes(matconvnet(tensors, compress=False, net=True))


def _plugins(folder: Path, pair: Photograph) -> None:
    shutil.copy(EXAMPLE, folder)


def _cells(folder: Path, pair: Photograph) -> None:
    from impasto.sweeps import make_folder, make_sweep, schedule, work

    sweep = make_sweep(str(pair.content), [str(pair.style)], PAINTED, ["style_weight=1,2"])
    store = folder.parent / "sweep"
    make_folder(store, [], sweep)
    for _ in work(schedule(sweep, store)):
        pass
    for path in (store / "cells").glob("*.json"):
        shutil.copy(path, folder)
