"""`torchrun -m impasto paint`: processes that share a picture paint that of one process."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack

import numpy as np
import pytest
import pyvips

from impasto import images
from impasto.job import Recipe
from tests.support.processes import PATIENCE, command, rest_of, running

SMALL = ("--size=96", "--plan=48:2,96:4", "--tile=32", "--style-scale=0.4", "--backbone=pocket",
         "--threads=1", "--protect-faces=0")  # fmt: skip


@pytest.fixture
def ranks(monkeypatch):
    """Runs a command on so many ranks, and returns the exit code, output and errors of each."""

    def run(count, *words, at_line=None, who=0):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        told = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "WORLD_SIZE": str(count)}
        with ExitStack() as stack:
            processes = []
            for rank in range(count):
                for name, value in {**told, "RANK": str(rank)}.items():
                    monkeypatch.setenv(name, value)
                processes.append(stack.enter_context(running(command(*words))))
            for name in (*told, "RANK"):
                monkeypatch.delenv(name)
            if at_line is not None:
                for _ in range(at_line):
                    processes[0].stdout.readline()
                processes[who].send_signal(signal.SIGTERM)
            ends = [rest_of(each) for each in processes]
            return [(p.returncode, *end) for p, end in zip(processes, ends, strict=True)]

    return run


def pixels(path):
    return pyvips.Image.new_from_file(str(path)).numpy()


@pytest.fixture
def words(photograph, painting):
    return lambda out, *more: ("paint", photograph, painting, "-o", out, *SMALL, *more)


def test_the_picture_is_that_of_one_process_and_four_begin_what_two_end(
    impasto, ranks, words, tmp_path
):
    alone, shared = tmp_path / "alone.tif", tmp_path / "shared.tif"
    assert impasto(*words(alone)).code == 0
    (first, *others) = ranks(2, *words(shared))
    assert first[:2] == (0, f"{shared}\n"), first[2]
    assert "processes: 2; 3 rows of tiles, at most 2 for each" in first[2]
    assert others == [(0, "", "")]
    difference = np.abs(pixels(shared).astype(int) - pixels(alone))
    assert difference.max() <= 2
    recipe = Recipe.of_picture(shared)
    assert (recipe.settings.size, recipe.settings.tile) == (96, 32)
    pages = pyvips.Image.new_from_file(str(shared)).get("n-pages")
    assert pages >= 1
    assert images.read(shared).rgb.shape == (72, 96, 3)
    assert shared.read_bytes()[:4] == b"II+\0"  # BigTIFF

    broken = tmp_path / "broken.tif"
    more = ("--quiet", "--json", "--snapshot-every=100")
    ended = ranks(4, *words(broken, *more), at_line=3, who=2)
    assert [code for code, _, _ in ended] == [143, 0, 0, 0], ended
    assert ended[0][2].splitlines()[-1] == "impasto: interrupted"
    files = list(tmp_path.glob("broken.tif.checkpoint.*.safetensors"))
    assert len(files) == 4
    went_on = ranks(2, *words(broken, *more, "--resume"))
    assert [code for code, _, _ in went_on] == [0, 0], went_on
    assert int(went_on[0][1].splitlines()[0].split('"index": ')[1].split(",")[0]) > 3
    assert (pixels(broken) == pixels(shared)).all()


def test_bad_input_is_one_sentence_of_the_first_rank(words, tmp_path):
    out = tmp_path / "out.tif"
    torchrun = (
        sys.executable,
        "-m",
        "torch.distributed.run",
        "--nproc-per-node=2",
        "--standalone",
    )
    done = subprocess.run(
        [*torchrun, "-m", "impasto", *map(str, words(out, "--optimizer=adam"))],
        capture_output=True, text=True, check=False, timeout=PATIENCE,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    said = [line for line in done.stderr.splitlines() if line.startswith("impasto: ")]
    assert said == [
        "impasto: optimizer is adam, which processes that share a picture cannot do: choose "
        "lbfgsb, or paint without torchrun."
    ]
    assert "exitcode  : 2" in done.stderr
    assert not out.exists()


def test_a_rank_that_is_killed_ends_all(ranks, words, tmp_path):
    out = tmp_path / "out.tif"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signal, "SIGTERM", signal.SIGKILL)  # what `ranks` sends
        ended = ranks(2, *words(out, "--quiet", "--json"), at_line=2, who=1)
    assert ended[0][0] == 1
    assert ended[0][2] == (
        "impasto: another process of this painting has ended: the same command with --resume goes "
        "on\n"
    )
    assert not out.exists()
