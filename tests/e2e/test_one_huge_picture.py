"""`impasto paint --workers`: others evaluate the tiles, and the file is the same."""

import pytest

pytest.importorskip("distributed", reason='pip install "impasto[cluster]"')

SMALL = ("--size=150", "--tile=128", "--levels=1", "--iterations=2", "--backbone=pocket",
         "--threads=1")  # fmt: skip


def test_the_file_is_that_of_one_process(impasto, photograph, painting, tmp_path):
    files = []
    for more in ((), ("--workers=2",)):
        out = tmp_path / f"out{len(files)}.png"
        done = impasto("paint", photograph, painting, "-o", out, *SMALL, *more)
        assert done.code == 0, done.err
        files.append(out.read_bytes())
    assert "workers: 2; 2 tiles of 128 px" in done.err
    assert "forecast: " in done.err
    assert files[0] == files[1]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--workers=many",), "workers is many: it must be a number, or auto"),
        (("--workers=1", "--cluster=tcp://x:1"), "workers and cluster exclude each other"),
        (("--cluster=nonsense://x",), "there is no Dask scheduler at 'nonsense://x'"),
        (("--workers=1", "--style-loss=patches", "--tile=0"), "style_loss patches needs the whole"),
    ],
)
def test_bad_input_is_one_sentence(impasto, photograph, painting, tmp_path, words, sentence):
    out = tmp_path / "out.png"
    done = impasto("paint", photograph, painting, "-o", out, *SMALL, *words, "--quiet")
    assert done.code == 2
    assert sentence in done.err
    assert len(done.err.strip().splitlines()) == 1
    assert not out.exists()
