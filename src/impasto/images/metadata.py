"""The settings inside a painting: a text chunk in a PNG, an XMP property in the other formats.

PNG: an uncompressed iTXt chunk with the keyword ``impasto``. JPEG, WebP, TIFF: an XMP packet with
``impasto:settings``. Both hold the text as it is, but for the few characters that XML cannot hold
(and ``%``), which are percent-encoded.
"""

from __future__ import annotations

import re
import struct
import zlib
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pyvips

KEYWORD = "impasto"
MOST_TEXTS = 1000
"""Text chunks of a PNG that are looked through; cameras and programs write a few."""

ORIENTATION = "orientation"
"""The name of libvips for where the top of a picture is, 1 to 8 as in EXIF."""

_XMP_ORIENTATION = re.compile(rb'tiff:Orientation(?:="|>)([1-8])')
_NAMESPACE = "urn:impasto:1.0/"
_PROPERTY = f"{{{_NAMESPACE}}}settings"

# What is not a Char of XML 1.0 (https://www.w3.org/TR/xml/#charsets), and our escape character.
_NOT_XML = re.compile("[%\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_PACKET = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    f'<rdf:Description rdf:about="" xmlns:impasto="{_NAMESPACE}">'
    "<impasto:settings>{}</impasto:settings>"
    "</rdf:Description></rdf:RDF></x:xmpmeta>"
    '<?xpacket end="w"?>'
)


def xmp_packet(settings: str) -> bytes:
    """Return an XMP packet that holds the settings and nothing else."""
    # A parser turns a bare carriage return into a line feed, so it goes as a character reference.
    return _PACKET.format(escape(_encode(settings), {"\r": "&#13;"})).encode()


def add_png_text(png: bytes, settings: str) -> bytes:
    """Return the PNG file with the settings in an iTXt chunk after its header.

    libvips would write a tEXt chunk, whose text is Latin-1 by the PNG specification.
    """
    header_end = 8 + 12 + 13  # The signature, then IHDR: length, name and checksum, 13 data bytes.
    text = _encode(settings).encode()
    # Keyword, then: not compressed, compression method 0, no language, no translated keyword.
    chunk = b"iTXt" + KEYWORD.encode() + b"\0\0\0\0\0" + text
    framed = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return png[:header_end] + framed + png[header_end:]


def add_density(jpeg: bytes, resolution: float) -> bytes:
    """Return the JPEG file with a JFIF header that has its pixels per inch.

    libvips leaves the header out where it is to keep no EXIF. Source: JFIF 1.02, page 5.
    """
    density = min(max(round(resolution), 1), 65535)
    header = struct.pack(
        ">2sH5s2sBHHBB", b"\xff\xe0", 16, b"JFIF\0", b"\1\2", 1, *2 * [density], 0, 0
    )
    return jpeg[:2] + header + jpeg[2:]


def settings_in(image: Any) -> str | None:
    """Return the settings in a libvips image's metadata, or None."""
    # Asked for by name: to list the fields, every other keyword would have to be UTF-8.
    for number in range(MOST_TEXTS):
        field = f"png-comment-{number}-{KEYWORD}"
        if image.get_typeof(field):
            return _text(image, field)
    if image.get_typeof("xmp-data"):
        return _in_xmp(bytes(image.get("xmp-data")))
    return None


def _text(image: Any, field: str) -> str | None:
    """Return the text of a PNG's chunk, or None where it is not UTF-8, as ours are."""
    try:
        return _decode(image.get(field))
    except UnicodeDecodeError:
        return None


def turned_by_xmp(image: Any) -> Any:
    """Return a libvips image with the orientation of its XMP, if it has any.

    Source: the rule and the pattern of Pillow's `Image.getexif`, so that a path and a Pillow image
    show the same.
    """
    if not image.get_typeof("xmp-data"):
        return image
    found = _XMP_ORIENTATION.search(bytes(image.get("xmp-data")))
    if found is None:
        return image
    turned = image.copy()
    turned.set_type(pyvips.GValue.gint_type, ORIENTATION, int(found[1]))
    return turned


def _in_xmp(packet: bytes) -> str | None:
    """Find the property as an element or, as some programs rewrite it, as an attribute."""
    try:
        root = ElementTree.fromstring(packet.rstrip(b"\0"))
    except (ElementTree.ParseError, ValueError, LookupError):
        return None  # Another program's packet, and not a valid one: it holds no settings of ours.
    for node in root.iter():
        if node.tag == _PROPERTY:
            return _decode(node.text or "")
        if _PROPERTY in node.attrib:
            return _decode(node.attrib[_PROPERTY])
    return None


def _encode(text: str) -> str:
    def percent(match: re.Match[str]) -> str:
        return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "surrogatepass"))

    return _NOT_XML.sub(percent, text)


def _decode(text: str) -> str:
    try:
        return unquote(text, errors="surrogatepass")
    except UnicodeDecodeError:  # Somebody has edited it; whoever reads it says what is wrong.
        return unquote(text, errors="replace")
