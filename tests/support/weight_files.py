"""Small networks with random weights, written in the formats in which the real ones are published.

The writers are independent of the readers: bytes are put together by hand, after the formats' own
documents.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from impasto.backbones import BACKBONES
from impasto.backbones.layers import LayerSpec, convolutions


def he_tensors(table: Iterable[LayerSpec], seed: int = 0) -> dict[str, Tensor]:
    """Random weights, scaled after He et al. (2015) so that activations keep their size."""
    generator = torch.Generator().manual_seed(seed)
    tensors = {}
    for row in convolutions(table):
        weight = torch.randn(row.shapes[f"{row.name}.weight"], generator=generator)
        tensors[f"{row.name}.weight"] = weight * (2 / weight[0].numel()) ** 0.5
        tensors[f"{row.name}.bias"] = torch.rand(row.outputs, generator=generator) * 0.1
    return tensors


def hub_keys(table: Iterable[LayerSpec], tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The same under the keys of torchvision."""
    return {
        f"{row.hub or row.name}.{part}": tensors[f"{row.name}.{part}"]
        for row in convolutions(table)
        for part in ("weight", "bias")
        if f"{row.name}.{part}" in tensors
    }


def with_batch_norm(tensors: dict[str, Tensor], seed: int = 0) -> dict[str, Tensor]:
    """Convolutions without bias, each followed by batch normalization, as in torchvision."""
    generator = torch.Generator().manual_seed(seed)
    found = {}
    for key, tensor in tensors.items():
        name, _, part = key.rpartition(".")
        if part == "weight":
            channels = len(tensor)
            found[f"{name}.conv.weight"] = tensor
            found[f"{name}.bn.weight"] = 0.5 + torch.rand(channels, generator=generator)
            found[f"{name}.bn.bias"] = torch.rand(channels, generator=generator) * 0.2
            found[f"{name}.bn.running_mean"] = torch.randn(channels, generator=generator) * 0.1
            found[f"{name}.bn.running_var"] = 0.5 + torch.rand(channels, generator=generator)
            found[f"{name}.bn.num_batches_tracked"] = torch.tensor(7)
    return found


def write_usual(name: str, layers: Iterable[str], folder: Path) -> Path:
    """Write random weights of a network down to some layers in the format of its first source."""
    wanted = set(layers)
    table = BACKBONES[name].table
    depth = max(i for i, layer in enumerate(table) if layer.name in wanted) + 1
    tensors = he_tensors(table[:depth])
    if name in ("caffenet", "googlenet_caffe"):
        # Its input spans 255; trained filters make up for some of that.
        first = next(convolutions(table)).name
        tensors[f"{first}.weight"] /= 20
        path = folder / f"{name}.caffemodel"
        path.write_bytes(caffemodel(tensors, old=name == "caffenet"))
        return path
    path = folder / f"{name}.pth"
    keyed = hub_keys(table[:depth], tensors)
    torch.save(with_batch_norm(keyed) if name == "googlenet" else keyed, path)
    return path


# Protocol buffers.


def varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def field(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def number_field(number: int, value: int) -> bytes:
    return varint(number << 3) + varint(value)


def blob(tensor: Tensor, *, old: bool, doubles: bool = False, packed: bool = True) -> bytes:
    if old:
        shape = [1] * (4 - tensor.ndim) + list(tensor.shape)
        head = b"".join(number_field(n, side) for n, side in enumerate(shape, start=1))
    else:
        head = field(7, field(1, b"".join(varint(side) for side in tensor.shape)))
    if not packed:
        values = struct.unpack(f"<{tensor.numel()}I", numbers(tensor, "<f4"))
        return head + b"".join(varint(5 << 3 | 5) + struct.pack("<I", v) for v in values)
    return head + (field(8, numbers(tensor, "<f8")) if doubles else field(5, numbers(tensor)))


def numbers(tensor: Tensor, kind: str = "<f4") -> bytes:
    return tensor.detach().numpy().astype(kind).tobytes()


def caffemodel(tensors: dict[str, Tensor], *, old: bool = False, **options: bool) -> bytes:
    """A network of convolutions, a rectifier after each and a classifier behind them."""
    names = dict.fromkeys(key.rpartition(".")[0] for key in tensors)
    layers = b""
    for name in names:
        parts = [tensors[k] for k in (f"{name}.weight", f"{name}.bias") if k in tensors]
        layers += caffe_layer(name, parts, old=old, **options)
        layers += caffe_layer(f"relu_{name}", [], old=old, kind=(18, b"ReLU"))
    layers += caffe_layer("fc8", [torch.ones(4, 5), torch.ones(4)], old=old, kind=(14, b"InnerP"))
    return field(1, b"a network") + field(3, b"data") + layers


def caffe_layer(
    name: str,
    parts: list[Tensor],
    *,
    old: bool,
    kind: tuple[int, bytes] = (4, b"Convolution"),
    **options: bool,
) -> bytes:
    blobs = [blob(part, old=old, **options) for part in parts]
    if old:
        body = field(2, b"data") + field(4, name.encode()) + number_field(5, kind[0])
        return field(2, body + b"".join(field(6, each) for each in blobs))
    body = field(1, name.encode()) + field(2, kind[1]) + field(3, b"data")
    return field(100, body + b"".join(field(7, each) for each in blobs))


# MATLAB, version 5.


def element(kind: int, data: bytes) -> bytes:
    if 0 < len(data) <= 4:
        return struct.pack("<HH", kind, len(data)) + data.ljust(4, b"\0")
    return struct.pack("<II", kind, len(data)) + data + b"\0" * (-len(data) % 8)


def matrix(kind: int, dimensions: Iterable[int], content: bytes, name: str = "") -> bytes:
    sides = list(dimensions)
    head = element(6, struct.pack("<II", kind, 0))
    head += element(5, struct.pack(f"<{len(sides)}i", *sides))
    return element(14, head + element(1, name.encode()) + content)


def array(values: np.ndarray) -> bytes:
    sides = values.shape if values.ndim > 1 else (values.size, 1)
    data = values.astype("<f4").tobytes(order="F")
    return matrix(7, sides, element(7, data))


def text(value: str) -> bytes:
    return matrix(4, (1, len(value)), element(4, value.encode("utf-16-le")))


def struct_of(fields: dict[str, bytes]) -> bytes:
    names = b"".join(name.encode().ljust(32, b"\0") for name in fields)
    content = element(5, struct.pack("<i", 32)) + element(1, names) + b"".join(fields.values())
    return matrix(2, (1, 1), content)


def matconvnet(
    tensors: dict[str, Tensor], *, compress: bool = True, old: bool = False, net: bool = False
) -> bytes:
    """A network as MatConvNet keeps it: kernels (K, K, I, O), 8 layers or so in a cell."""
    layers = []
    for name in dict.fromkeys(key.rpartition(".")[0] for key in tensors):
        kernels = array(tensors[f"{name}.weight"].permute(2, 3, 1, 0).numpy())
        biases = array(tensors[f"{name}.bias"].numpy())
        pair = {"filters": kernels, "biases": biases}
        if not old:
            pair = {"weights": matrix(1, (1, 2), kernels + biases)}
        layers.append(struct_of({"name": text(name), "type": text("conv"), **pair}))
        layers.append(struct_of({"name": text(f"relu_{name}"), "type": text("relu")}))
    content = b"".join(layers)
    meta = matrix(4, (1, 3), element(4, "abc".encode("utf-16-le")), "classes")
    if net:
        cell = matrix(1, (1, len(layers)), content)
        names = b"layers".ljust(32, b"\0")
        inner = element(5, struct.pack("<i", 32)) + element(1, names) + cell
        variables = [meta, matrix(2, (1, 1), inner, "net")]
    else:
        variables = [meta, matrix(1, (1, len(layers)), content, "layers")]
    head = b"MATLAB 5.0 MAT-file, for a test".ljust(124) + struct.pack("<H", 0x0100) + b"IM"
    if compress:
        variables = [
            struct.pack("<II", 15, len(packed)) + packed for packed in map(zlib.compress, variables)
        ]
    return head + b"".join(variables)
