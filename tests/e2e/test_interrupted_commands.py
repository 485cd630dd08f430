"""Signals in all that is not one painting: sweeps, downloads, imports, judgments, the studio."""

import csv
import signal
import sys
import threading

import pytest

from impasto.backbones import BACKBONES
from impasto.backbones.weights import fetch
from impasto.studio.store import Store
from tests.support.pictures import dimensions
from tests.support.processes import rest_of, running
from tests.support.signaled import signaled
from tests.support.studio import wait_for
from tests.support.weight_files import write_usual
from tests.support.weight_server import BODY, DIGEST, Handler, names

CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}

FAST = ("--backbone=pocket", "--size", 32, "--iterations", 2, "--threads", 1)

STEP = "impasto.optimize.loop.accept"


@pytest.fixture
def sweep(photograph, painting, tmp_path):
    return ("sweep", photograph, painting, "-o", tmp_path / "out", *FAST, "--vary", "seed=1,2,3")


def painted(folder) -> list[bool]:
    """Return which cells have a picture, by the table."""
    with (folder / "cells.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        assert not row["picture"] or dimensions(folder / row["picture"]) == (32, 24)
        assert bool(row["picture"]) == bool(row["gram"])  # what is painted is judged, too
        assert row["error"] == ""
    return [bool(row["picture"]) for row in rows]


POINTS = {
    "painting": {"calling": STEP, "nth": 3},
    "judging": {"calling": "impasto.sweeps.judging.Judge.__call__"},
    "writing a cell": {"calling": "impasto.sweeps.running.write_result"},
    "writing the report": {"calling": "impasto.sweeps.report.writing.Report._write", "nth": 2},
}


@pytest.mark.parametrize(
    ("number", "point"), list(zip([*CODES, signal.SIGINT], POINTS, strict=True))
)
def test_a_sweep_keeps_its_finished_cells_and_reports_them(sweep, tmp_path, number, point):
    done = signaled(*sweep, numbers=[number], **POINTS[point])
    assert (done.code, done.out) == (CODES[number], f"{tmp_path / 'out' / 'report.html'}\n"), done
    assert done.err.endswith("impasto: interrupted\n")
    assert painted(tmp_path / "out") == [True, False, False]
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "1 of 3 cells painted" in page
    assert not list((tmp_path / "out").rglob("*.tmp"))


@pytest.mark.parametrize("option", [("--fine-style", "painting.jpg"), ("--auto",)], ids=str)
def test_a_sweep_does_not_wait_for_the_runs_before_a_painting(sweep, tmp_path, monkeypatch, option):
    monkeypatch.chdir(tmp_path)
    done = signaled(*sweep, *option, numbers=[signal.SIGTERM], calling=STEP, nth=2)
    assert (done.code, done.calls) == (143, 2), done.err
    assert painted(tmp_path / "out") == [False, False, False]


FETCH = """
import sys
from impasto.backbones.weights import published
from impasto.__main__ import main

url, digest = sys.argv.pop(1), sys.argv.pop(1)
row = published.Published("vgg19", url, "vgg19-torchvision.pth", digest, 1, "caffe", "", "")
published.PUBLISHED["vgg19-torchvision"] = row
main()
"""


@pytest.mark.parametrize("number", CODES)
def test_a_download_keeps_what_came_and_goes_on_from_there(host, folder, monkeypatch, number):
    release = threading.Event()

    def stall(self, start):
        """Send half of the file, and then nothing more."""
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.send_header("ETag", host.etag)
        self.end_headers()
        self.wfile.write(BODY[:600_000])
        release.wait()

    url = f"http://127.0.0.1:{host.server_port}/vgg19-torchvision.pth"
    part = folder / "vgg19-torchvision.pth.part"
    with monkeypatch.context() as patched:
        patched.setattr(Handler, "answer", stall)
        words = [sys.executable, "-c", FETCH, url, DIGEST, "models", "fetch", "vgg19"]
        with running(words) as process:
            wait_for(lambda: part.is_file() and part.stat().st_size >= 500_000)
            process.send_signal(number)
            out, err = rest_of(process)
        release.set()
    assert (process.returncode, out) == (CODES[number], "")
    assert err.endswith("impasto: interrupted\n")
    kept = part.stat().st_size
    assert fetch("vgg19").read_bytes() == BODY
    assert host.asked[1]["Range"] == f"bytes={kept}-"
    assert names(folder) == {"vgg19-torchvision.pth"}


def test_an_import_is_finished_and_leaves_no_half_copy(tmp_path, monkeypatch):
    monkeypatch.setenv("IMPASTO_CACHE", str(tmp_path / "cache"))
    style = [layer for layer, _ in BACKBONES["squeezenet1_1"].style_layers]
    path = write_usual("squeezenet1_1", style, tmp_path)
    done = signaled(
        "models",
        "import",
        path,
        numbers=[signal.SIGTERM, signal.SIGHUP],
        calling="shutil.copyfileobj",
    )
    assert done.code == 143, done.err
    name = f"squeezenet1_1-imported{path.suffix}"
    assert names(tmp_path / "cache" / "weights") == {name, f"{name}.json"}
    assert (tmp_path / "cache" / "weights" / name).read_bytes() == path.read_bytes()


def test_a_judgment_ends_at_once(photograph, painting):
    measure = "impasto.evaluation.scores.Measure.__init__"
    done = signaled(
        "judge", photograph, photograph, painting, numbers=[signal.SIGINT], calling=measure
    )
    assert (done.code, done.out) == (130, "")
    assert done.err.endswith("impasto: interrupted\n")


STUDIO = """
import sys
from types import ModuleType, SimpleNamespace

page = ModuleType("impasto.studio.app")  # without the page itself, which takes seconds to import
page.build = lambda studios: SimpleNamespace(close=lambda: None)

def start(blocks, studios, address):
    studio = studios.own
    from impasto.settings import Settings
    from impasto.studio.tasks import Task

    photo, style = studio.inputs.accept(photograph), studio.inputs.accept(painting)
    settings = Settings(
        size=48, iterations=10**6, auto=auto, precision="float32", backbone="pocket"
    )
    studio.worker.ask(Task("a", photo, (style,), settings, store=studio.store))

page.start = start
sys.modules["impasto.studio.app"] = page
photograph, painting, auto = sys.argv.pop(1), sys.argv.pop(1), sys.argv.pop(1) == "auto"

from impasto.optimize import loop
real = loop.accept

def accept(state, at):
    print("an evaluation", file=sys.stderr, flush=True)
    return real(state, at)

loop.accept = accept
from impasto.__main__ import main
main()
"""


def studio(photograph, painting, folder, how):
    words = [sys.executable, "-c", STUDIO, str(photograph), str(painting), how]
    return [*words, "studio", "--port", "0", "--no-browser", "--folder", str(folder)]


@pytest.mark.parametrize("number", CODES)
def test_the_studio_keeps_the_picture_and_closes(photograph, painting, tmp_path, number):
    with running(studio(photograph, painting, tmp_path / "studio", "plain")) as process:
        assert process.stdout.readline().startswith("http://127.0.0.1:")
        for _ in range(3):
            assert process.stderr.readline() == "an evaluation\n"
        process.send_signal(number)
        _, err = rest_of(process)
    assert process.returncode == CODES[number], err
    assert err.endswith("impasto: interrupted\n")
    store = Store(tmp_path / "studio" / "pictures")
    (entry,) = store.entries
    assert entry.stopped
    assert entry.evaluations == 3 + err.count("an evaluation\n")
    assert dimensions(store.picture(entry)) == (48, 36)


def test_the_studio_waits_for_no_short_runs(photograph, painting, tmp_path):
    with running(studio(photograph, painting, tmp_path / "studio", "auto")) as process:
        assert process.stderr.readline() == "an evaluation\n"
        process.send_signal(signal.SIGTERM)
        _, err = rest_of(process)
    assert process.returncode == 143, err
    assert err.count("an evaluation\n") < 40
    assert Store(tmp_path / "studio" / "pictures").entries == []
