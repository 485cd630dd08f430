"""Which picture is taken for what, said before the work; and the size on paper."""

import pytest
from PIL import Image

FAST = ("--backbone", "pocket", "--plan", "32:1")


def test_roles_are_named_before_the_work(impasto, photograph, painting, tmp_path):
    other = tmp_path / "other.png"
    other.write_bytes(photograph.read_bytes())
    done = impasto(
        "paint", photograph, other, painting, "-o", tmp_path / "o.png", "--size=32", *FAST
    )
    assert done.code == 0, done.err
    roles, network, *_ = done.err.splitlines()
    assert roles == f"content: {photograph}; styles: {other}, {painting}"
    assert network.startswith("network: ")
    quiet = impasto("paint", photograph, painting, "-o", tmp_path / "o.png", "--size=32", "--quiet",
                    *FAST)  # fmt: skip
    assert quiet.err == ""


def test_styles_can_be_named(impasto, photograph, painting, tmp_path):
    out = tmp_path / "o.png"
    done = impasto("paint", "--style", painting, photograph, "-o", out, "--size=32", *FAST)
    assert done.err.splitlines()[0] == f"content: {photograph}; style: {painting}"
    assert (done.code, out.exists()) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("a.png",), "there is no style for 'a.png'"),
        (("a.png", "b.png", "--style", "c.png"), "'b.png' stands behind the content 'a.png'"),
    ],
)
def test_styles_are_either_named_or_stand_behind(impasto, arguments, words):
    done = impasto("paint", *arguments)
    assert done.code == 2
    assert done.err.startswith(f"impasto: {words}")


def test_a_picture_right_after_a_mask_is_noted(impasto, photograph, painting, tmp_path):
    mask, second = tmp_path / "mask.png", tmp_path / "second.png"
    for path in (mask, second):
        Image.new("L", (32, 24), 255).save(path)
    paint = ("paint", photograph, "-o", tmp_path / "o.png", "--size=32", *FAST)
    noted = impasto(*paint, "--content-mask", mask, second, painting).err
    assert noted.startswith(f"note: '{second}' stands right after --content-mask {mask}")
    assert "note:" not in impasto(*paint, "--content-mask", mask, painting).err


def test_a_print_has_its_size_and_resolution(impasto, photograph, painting, tmp_path):
    out = tmp_path / "o.png"
    done = impasto("paint", photograph, painting, "-o", out, "--print", "2x1cm@50", *FAST)
    assert done.code == 0, done.err
    assert "2.0 × 1.5 cm at 50 pixels per inch" in done.err
    with Image.open(out) as picture:
        assert max(picture.size) == 39
        assert round(picture.info["dpi"][0]) == 50


def test_the_photograph_says_how_large_a_picture_is_on_paper(impasto, painting, tmp_path):
    photograph, out = tmp_path / "scan.png", tmp_path / "o.tif"
    Image.new("RGB", (48, 32), "orange").save(photograph, dpi=(600, 600))
    assert impasto("paint", photograph, painting, "-o", out, "--size=32", *FAST).code == 0
    with Image.open(out) as picture:
        assert round(float(picture.info["dpi"][0])) == 600
