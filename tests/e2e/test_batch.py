"""`impasto batch`: many photographs, alone and with other processes."""

import os
import signal
import subprocess
import sys

import psutil
import pytest
from PIL import Image

SMALL = ("--size=32", "--levels=1", "--iterations=1", "--backbone=pocket")


@pytest.fixture
def photographs(photograph):
    folder = photograph.parent / "photos"
    folder.mkdir()
    for name in ("one", "two", "three"):
        Image.open(photograph).save(folder / f"{name}.png")
    return folder


def test_a_folder_is_painted_and_gone_on_with(impasto, photographs, painting, tmp_path):
    words = (
        "batch",
        photographs,
        "--style",
        painting,
        "-o",
        tmp_path / "out",
        "--threads=1",
        *SMALL,
    )
    done = impasto(*words)
    assert done.code == 0
    assert done.out.strip() == str(tmp_path / "out" / "index.html")
    names = sorted(path.name for path in (tmp_path / "out").glob("*.png"))
    assert names == ["one-painting.png", "three-painting.png", "two-painting.png"]
    (photographs / "two.png").unlink()
    (photographs / "four.png").write_bytes(b"no picture")
    again = impasto(*words)
    assert again.code == 1
    assert "2 there already" in again.err
    assert "1 of 3 paintings failed" in again.err


def test_processes_paint_a_list_and_the_files_are_the_same(
    impasto, photographs, painting, tmp_path
):
    listed = tmp_path / "list.csv"
    lines = [f"photos/{name}.png,{painting.name},{n}" for n, name in enumerate(("one", "two"), 5)]
    listed.write_text("\n".join(["content,style,style_weight", *lines]))
    files = []
    for more in (("--threads=1",), ("--workers=2",)):
        done = impasto("batch", "--list", listed, "-o", tmp_path / more[0], *more, *SMALL)
        assert done.code == 0, done.err
        found = sorted((tmp_path / more[0]).glob("*.png"))
        files.append([path.read_bytes() for path in found])
    assert len(files[0]) == 2
    assert files[0] == files[1]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "no photograph is given"),
        (("a.jpg",), "no style is given"),
        (("a.jpg", "--style", "b.jpg", "--list", "c.csv"), "--list names all pictures"),
        (("a.jpg", "--style", "b.jpg", "--workers", "many"), "workers is many"),
        (("a.jpg", "--style", "b.jpg", "--workers", "1", "--cluster", "tcp://x:1"), "exclude"),
        (("nothing-*.jpg", "--style", "b.jpg"), "no file matches 'nothing-*.jpg'"),
        (("a.jpg", "--style", "b.jpg", "--name", "{nme}"), "unknown field"),
        (("a.jpg", "b.jpg", "--style", "c.jpg", "--pairs"), "make no pairs"),
        (("gone.jpg", "--style", "gone.png"), "gone.jpg"),
    ],
)
def test_bad_input_is_one_sentence(impasto, tmp_path, monkeypatch, words, sentence):
    monkeypatch.chdir(tmp_path)
    done = impasto("batch", *words)
    assert done.code == 2
    assert sentence in done.err
    assert len(done.err.strip().splitlines()) == 1


def test_ctrl_c_keeps_what_is_finished_and_ends_all_processes(photographs, painting, tmp_path):
    words = ["batch", photographs, "--style", painting, "-o", tmp_path / "out", "--workers", 1,
             "--size=32", "--levels=1", "--iterations=25", "--backbone=pocket"]  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-m", "impasto", *map(str, words)],
        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, start_new_session=True,
    ) as process:  # fmt: skip
        lines = []
        for line in process.stderr:
            lines.append(line)
            if line.startswith("1/3"):
                others = psutil.Process(process.pid).children(recursive=True)
                os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    assert process.returncode == 130, lines
    assert "Traceback" not in "".join(lines)
    assert lines[-1] == "impasto: interrupted\n"
    assert list((tmp_path / "out").glob("*.png"))
    gone, there = psutil.wait_procs(others, timeout=60)
    assert gone
    assert not there
