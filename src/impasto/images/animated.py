"""The settings inside an animated picture, which another program has written without them.

APNG: the iTXt chunk of a PNG. WebP: an XMP chunk, as in a still one. GIF: a comment before the
first frame, which begins with ``impasto:``.

Source: the WebP container specification, "Extended File Format"; GIF89a, section 24.
"""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import BinaryIO

from PIL import GifImagePlugin, Image

from impasto.images.metadata import KEYWORD, add_png_text, xmp_packet

_COMMENT_BEGINS = f"{KEYWORD}:".encode()
_HAS_XMP = 0x04  # among the flags of a VP8X chunk
_HAS_PALETTE = 0x80  # among those of a GIF's screen


def add_settings(path: Path, suffix: str, settings: str) -> None:
    """Add settings to an animated picture that is being made, so that `read_settings` finds them.

    Args:
        path: The file, under whatever name.
        suffix: What it is: ``.apng``, ``.gif`` or ``.webp``, animated.
        settings: A text.
    """
    path.write_bytes(_ADD[suffix](path.read_bytes(), settings))


def _to_webp(webp: bytes, settings: str) -> bytes:
    webp = _extended(webp)
    packet = xmp_packet(settings)
    padding = b"\0" * (len(packet) % 2)
    chunk = b"XMP " + struct.pack("<I", len(packet)) + packet + padding
    length, flags = len(webp) - 8 + len(chunk), webp[20] | _HAS_XMP  # VP8X comes first
    return webp[:4] + struct.pack("<I", length) + webp[8:20] + bytes([flags]) + webp[21:] + chunk


def _extended(webp: bytes) -> bytes:
    """Return a WebP file with a VP8X chunk, which those of one frame come without."""
    if webp[12:16] == b"VP8X":
        return webp
    with Image.open(io.BytesIO(webp)) as picture:
        sides = (side - 1 for side in picture.size)
    screen = b"".join(side.to_bytes(3, "little") for side in sides)
    return webp[:12] + b"VP8X" + struct.pack("<II", 10, 0) + screen + webp[12:]


def _to_gif(gif: bytes, settings: str) -> bytes:
    flags = gif[10]
    palette = 3 * 2 ** ((flags & 7) + 1) if flags & _HAS_PALETTE else 0
    begins = 13 + palette  # after the header, the screen and the palette of all frames
    text = _COMMENT_BEGINS + settings.encode("utf-8", "surrogatepass")
    parts = (text[at : at + 255] for at in range(0, len(text), 255))
    comment = b"\x21\xfe" + b"".join(bytes([len(part)]) + part for part in parts) + b"\0"
    return gif[:begins] + comment + gif[begins:]


_ADD = {".apng": add_png_text, ".gif": _to_gif, ".webp": _to_webp}


def settings_of_gif(file: BinaryIO) -> str | None:
    """Return the settings in a GIF's comment, or None."""
    try:
        comment = GifImagePlugin.GifImageFile(file).info.get("comment", b"")
        if comment.startswith(_COMMENT_BEGINS):
            return str(comment[len(_COMMENT_BEGINS) :].decode("utf-8", "surrogatepass"))
    except Exception:  # What a damaged file makes Pillow raise is open-ended.
        pass
    return None
