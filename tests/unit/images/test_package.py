"""The package as a whole: it says nothing and needs no torch."""

from __future__ import annotations

import subprocess
import sys

import pytest
from PIL import Image

from impasto.errors import PictureError
from impasto.images import read, read_settings, write
from tests.support.picture_files import FORMATS, PRESS, UNIT, rotated, save_pil


def test_prints_nothing(tmp_path, capfd):
    for orientation, suffix in enumerate(FORMATS, start=1):
        stored, exif = rotated(orientation)
        path = save_pil(tmp_path / f"a{suffix}", stored, exif=exif, icc_profile=b"damaged")
        read(path)
        write(path, UNIT, settings="{}")
        read_settings(path)
        path.write_bytes(path.read_bytes()[:400])
        with pytest.raises(PictureError):
            read(path)
    save_pil(tmp_path / "c.jpg", Image.new("CMYK", (30, 20)), icc_profile=PRESS[:500])
    read(tmp_path / "c.jpg")
    assert capfd.readouterr() == ("", "")


def test_importing_images_imports_no_torch():
    code = "import sys, impasto.images; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
