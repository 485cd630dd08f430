"""A lighthouse in a storm, cut in wood: carved lines that follow the forms, three inks on paper."""

from __future__ import annotations

import numpy as np

from artwork.block import Block
from artwork.brush import Canvas
from artwork.fields import Array, smoothstep

LAMP = (566.0, 150.0)
# x, level of the base, and half the length of the clouds
CLOUDS = (
    (150.0, 128.0, 118.0),
    (742.0, 96.0, 84.0),
    (404.0, 84.0, 64.0),
    (40.0, 262.0, 104.0),
    (284.0, 232.0, 84.0),
    (402.0, 326.0, 62.0),
    (770.0, 266.0, 74.0),
)
# Level, height, length, phase and steepness of the rows of waves, from far to near.
WAVES = (
    (432.0, 6.0, 74.0, 0.3, 0.4),
    (452.0, 11.0, 118.0, 2.0, 0.6),
    (482.0, 20.0, 176.0, 4.4, 0.9),
    (524.0, 30.0, 250.0, 1.2, 1.2),
    (586.0, 36.0, 330.0, 3.1, 1.3),
)


def _sky(block: Block) -> None:
    """Carve the rays of the lamp: where they part, new ones begin between them."""
    x, y = block.x - LAMP[0], block.y - LAMP[1]
    away, turn = np.hypot(x, y), np.arctan2(y, x)
    beam = np.exp(-(((turn + 2.86) / 0.17) ** 2)) + np.exp(-(((turn + 0.22) / 0.22) ** 2))
    tone = 0.42 + 0.34 * smoothstep(60, 380, away) - 0.8 * beam + 0.10 * block.wobble(200.0, 2.8)
    glow = smoothstep(72, 70, away + 3 * block.hand)
    rays = turn / (2 * np.pi) * 132.0 + 0.7 * block.wobble(200.0, 3.2)
    start = away + block.rng.normal(0.0, 34.0, 256)[np.rint(rays).astype(int) % 256]
    rays = rays * np.where(start > 200.0, 2.0, 1.0) * np.where(start > 430.0, 1.5, 1.0)
    tone = np.clip(tone - glow * 0.5, 0.06, 0.8)
    block.cut(np.full(block.shape, 9.0), rays, tone, red=glow)


def _cloud(block: Block, x: float, y: float, size: float) -> None:
    """Carve a cloud of puffs, each with arcs around its middle, on a nearly level base."""
    rng = block.rng
    inside, arcs = np.full(block.shape, -99.0), np.zeros(block.shape)
    for place in np.linspace(-1.0, 1.0, 6):
        radius = size * (0.50 - 0.26 * abs(place)) * rng.uniform(0.85, 1.2)
        middle = x + size * (place + rng.normal(0, 0.05)), y - 0.45 * radius
        puff = radius - np.hypot(block.x - middle[0], 1.15 * (block.y - middle[1]))
        arcs = np.where(puff > inside, puff, arcs)
        inside = np.maximum(inside, puff)
    base = y + 0.12 * size + 2.5 * np.sin(block.x / 17.0)
    inside = np.minimum(inside, base - block.y)
    low = (block.y - y + 0.4 * size) / (0.5 * size)
    tone = np.clip(0.16 + 0.5 * low + 0.1 * block.hand, 0.06, 0.8)
    shadow = smoothstep(0.0, 3.0, block.y - y + 0.20 * size + 4.0 * np.sin(block.x / 15.0 + size))
    block.cut(inside, arcs / (3.6 + 0.03 * size), tone, blue=shadow)


def _cliff(block: Block) -> None:
    """Carve the rock: planes that are cut in different directions."""
    rough = block.wobble(120.0, 2.3)
    top = 322 + 110 * smoothstep(520, 430, block.x) + 0.10 * np.maximum(block.x - 560, 0)
    steep = np.round(2.0 * block.wobble(110.0, 2.6)) / 2.0
    turn = 0.5 + 0.8 * steep
    phase = (np.cos(turn) * block.x + np.sin(turn) * block.y) / 8.0
    tone = np.clip(0.47 + 0.24 * steep + 0.002 * (block.y - 380), 0.1, 0.74)
    block.cut(block.y - top + 8 * rough, phase, tone, outline=3.2)


def _tower(block: Block) -> None:
    """Carve the lighthouse: a striped tower, the gallery, the lantern and its roof."""
    x, y = block.x - LAMP[0], block.y
    half = 20 + 0.055 * (y - 180)
    tower = np.minimum(half - np.abs(x), np.minimum(y - 182, 336 - y))
    ring = y + 5 * (x / half) ** 2
    bands = (np.floor((ring - 182) / 31) % 2) == 0
    block.cut(tower, ring / 6.4, np.clip(0.16 + 0.72 * x / half, 0, 0.95), red=bands * 1.0)
    block.cut(block.box(LAMP[0] - 15, LAMP[0] + 15, 132, 176), x / 9.0, 0.12)
    block.cut(block.box(LAMP[0] - 30, LAMP[0] + 30, 174, 184), x / 5.0, 0.9)
    roof = np.minimum(20 - 0.7 * np.maximum(130 - y, 0) - np.abs(x), np.minimum(y - 116, 133 - y))
    block.cut(roof, x / 5.0, 0.9)


def _house(block: Block) -> None:
    """Carve the keeper's house."""
    x, y = block.x, block.y
    block.cut(block.box(622, 706, 296, 348), x / 6.0, np.where(x > 664, 0.55, 0.12))
    for at in (638, 686):
        block.cut(block.box(at - 7, at + 7, 311, 329), x / 6.0, 0.0, red=0.9)
    roof = np.minimum(y - 256 - 0.75 * np.maximum(np.abs(x - 664) - 22, 0), 300 - y)
    block.cut(roof, (y + 0.2 * x) / 6.5, 0.34, red=1.0)


def _sea(block: Block) -> None:
    """Carve rows of waves: white crests, lines that hang from them, darkness in the troughs."""
    for number, (level, height, length, start, steep) in enumerate(WAVES):
        turn = 2 * np.pi * block.x / length + start + 0.3 * block.wobble(260.0, 3.2)
        skew = turn + steep * np.sin(turn)
        crest = level - height * (1.0 + np.cos(skew)) * 0.5 - 0.12 * height * np.cos(3.3 * turn)
        inside = block.y - crest - 0.9 * block.wobble(40.0, 2.2) * (1 + 0.4 * number)
        gap = 5.0 + 1.1 * number
        lift = 0.35 * height * np.sin(skew)
        phase = (inside + lift * np.exp(-np.maximum(inside, 0) / (1.6 * height))) / gap
        depth = np.clip(inside / (1.5 * height + 12), 0.0, 1.0)
        tone = 0.04 + 0.82 * depth**0.8 - 0.30 * np.cos(skew) * (1 - depth)
        tone += 0.10 * block.wobble(90.0, 2.6)
        foam = smoothstep(0.16 * height + 2, 0.16 * height + 6, inside)
        tone = np.clip(tone, 0.0, 0.86) * foam
        block.cut(inside, phase, tone, blue=foam, outline=2.0 + 0.5 * number)


def paint(canvas: Canvas) -> Array:
    """Cut and print the picture and return it (H, W, 3)."""
    block = Block(canvas)
    _sky(block)
    for cloud in CLOUDS:
        _cloud(block, *cloud)
    _cliff(block)
    _tower(block)
    _house(block)
    _sea(block)
    return block.proof()
