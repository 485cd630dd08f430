"""The benchmarks: both sides minimize the same function, results are kept, the page is whole."""

import json
import os
from contextlib import nullcontext
from pathlib import Path

import pytest
import torch
from benchmarks import (
    baselines,
    before,
    busy,
    convergence,
    evaluation,
    floor,
    large,
    memory,
    network,
    ours,
    parts,
    report,
    scaling,
    start,
    whole,
)
from benchmarks.__main__ import main, run
from benchmarks.child import TASKS, perform
from benchmarks.runner import Bench, Skip, compact, write
from benchmarks.tables import number, spread, table
from benchmarks.timing import peak_memory, repeat, summary

from impasto.errors import import_row
from impasto.job import make_inputs, make_objective
from impasto.settings import Settings

MACHINE = {
    "processor": "abacus",
    "physical cores": 1,
    "logical cores": 1,
    "threads": 1,
    "native bfloat16": False,
    "versions": {"impasto": "0", "torch": "0", "python": "0"},
    "sources": "0",
}


@pytest.fixture(scope="module")
def weights(tmp_path_factory) -> str:
    """VGG-19 as the baselines read it."""
    folder = str(tmp_path_factory.mktemp("network"))
    path = perform("network", {"folder": folder, "threads": None})
    assert perform("network", {"folder": folder}) == path
    return path


@pytest.fixture
def inputs(photograph: Path, painting: Path) -> dict[str, str]:
    return {"content": str(photograph), "style": str(painting)}


class Instant(Bench):
    """A bench whose processes answer at once; it remembers what they were asked."""

    pace = 2.0
    """Seconds of a baseline's evaluation beside Impasto's runs; in its own run they are 2."""

    def child(self, task, **arguments):
        self.asked = [*getattr(self, "asked", []), (task, arguments)]
        settings = {"precision": "float32", "tile": 64, "history": 10, "plan": [[64, 12]]}
        settings["optimizer"] = "lbfgsb"
        times = {"median": 2.0, "low": 1.0, "high": 3.0, "repetitions": 5}
        curve = [[float(n), 100.0 / n] for n in range(1, arguments.get("evaluations", 9) + 1)]
        points = [(5, 1.0, 0.9, 1.5), (10, 2.0, 0.09, 0.9)]
        ours = {"curve": points, "file": 0.9, "prepare": 0.1}
        size = arguments.get("settings", {}).get("size", 64)
        cost = {"operations": 10**9, "pixels": size**2, "peak": 3 * 2**30, "seconds": times}
        return {
            "machine": MACHINE,
            "network": "vgg19.safetensors",
            "rates": {"float32": {"64 channels, 512 px": 4e9, "best": 4e9}},
            "evaluation": {**cost, "settings": settings},
            "memory": {**cost, "estimate": 10**9, "evaluation": 2.0, "settings": settings},
            "nothing": {"peak": 2**28},
            "steady": {"wall": 2.0, "processors": 4.0, "evaluations": 5, "threads": 2},
            "descent": {**ours, "settings": settings},
            "pace": {**times, "median": self.pace},
            "baseline": {
                "curve": curve,
                "file": 1.0,
                "evaluation": times,
                "peak": 2**31,
                "shape": [48, 64],
            },
        }[task]


def bench(tmp_path: Path, **more) -> Instant:
    return Instant(tmp_path / "out", tmp_path / "shared", machine=MACHINE, **more)


@pytest.mark.parametrize("name", baselines.RECIPES)
def test_both_sides_minimize_the_same_function(name, weights, inputs):
    settings = {"size": 64, "backbone": "vgg19", "precision": "float32"}
    job = ours.job_of(**inputs, settings={**settings, **convergence.OBJECTIVES[name]})
    ready = make_inputs(job, 64)
    (style,) = ready.styles
    assert torch.equal(baselines.read(inputs["content"], 64), ready.content)
    assert torch.equal(baselines.read(inputs["style"], 64), style)
    image = torch.rand(ready.content.shape, generator=torch.Generator().manual_seed(1))
    theirs = baselines.Objective(name, weights, ready.content, style)
    found = make_objective(job, ready)(image)
    assert found.total == pytest.approx(theirs.of_picture(image), rel=1e-4)
    leaf = baselines.to_caffe(image).requires_grad_()
    (gradient,) = torch.autograd.grad(theirs(leaf), leaf)
    expected = gradient.flip(1) * 255  # of the picture in [0, 1]
    assert torch.dist(found.gradient, expected) < 1e-3 * expected.norm()


def test_the_recipes_have_the_published_numbers():
    classic, gatys = baselines.RECIPES["classic"], baselines.RECIPES["gatys2016"]
    assert (classic.content, classic.style(64), classic.variation) == (5, 100, 1e-3)
    assert (gatys.content, gatys.style(10), gatys.variation) == (1, 10, 0)
    assert classic.lbfgs(7)["history_size"] == 100
    assert (classic.start, gatys.start) == ("noise", "content")
    settings = Settings(normalization="neural-style").completed()
    assert (settings.content_weight, settings.style_weight) == (5, 100)
    assert (settings.tv_weight, settings.tv) == (1e-3, "squared")


@pytest.mark.parametrize(("name", "evaluations"), [("classic", 4), ("gatys2016", 23)])
def test_a_baseline_makes_as_many_evaluations_as_asked_and_descends(
    name, evaluations, weights, inputs
):
    arguments = {"name": name, "weights": weights, "size": 32, "evaluations": evaluations}
    found = baselines.run(**arguments, **inputs)
    assert len(found["curve"]) == evaluations
    assert found["shape"] == [24, 32]
    times, losses = zip(*found["curve"], strict=True)
    assert list(times) == sorted(times)
    assert losses[-1] < losses[0]
    assert found["peak"] > 2**20
    json.dumps(found)


@pytest.fixture
def descent(weights, inputs):
    """Returns a function that lets Impasto paint by classic's objective."""
    settings = {"backbone": "vgg19", "size": 48, **convergence.OBJECTIVES["classic"]}
    common = {"objective": "classic", "weights": weights, **inputs}
    return lambda more, **rest: ours.descent(settings={**settings, **more}, **common, **rest)


@pytest.mark.parametrize("label", convergence.RUNS)
def test_impasto_descends_on_the_objective_of_a_baseline(label, descent, weights):
    plan = {"plan": "32:3,48:6", "levels": None, "iterations": None}
    found = descent({**convergence.RUNS[label], **plan}, every=2)
    assert [entry[0] for entry in found["curve"]] == [1, 2, 4, 6]
    assert found["curve"][-1][2] < found["curve"][0][2]
    assert found["settings"]["plan"] == ((32, 3), (48, 6))
    assert weights not in json.dumps(found)


def test_the_file_that_is_judged_is_the_file_that_is_written(descent):
    found = descent({"optimizer": "lbfgsb", "plan": "48:3"})
    assert found["file"] == pytest.approx(found["curve"][-1][3], rel=1e-5)
    assert found["file"] != found["curve"][-1][2]


def test_impasto_stops_when_enough_is_known(descent):
    every = descent({"plan": "48:6"}, every=1)["curve"]
    found = descent({"plan": "48:6"}, every=9, enough=every[2][2] * 1.001)
    assert [entry[0] for entry in found["curve"]] == [1, 3]


def test_a_file_holds_whole_steps_between_black_and_white():
    picture = torch.tensor([-0.2, 0.0, 0.1, 0.5, 1.3])
    assert (baselines.as_written(picture) * 255).tolist() == pytest.approx([0, 0, 26, 128, 255])


def test_the_work_of_a_network_is_counted_from_its_shapes(inputs):
    layers = {"style_layers": "relu1_1", "content_layers": "relu1_1"}
    found = ours.evaluation(
        **inputs, settings={"size": 64, "tile": 0, **layers}, seconds=0.0, least=2
    )
    job = ours.job_of(**inputs, settings=layers)
    macs = sum(p.numel() for p in job.backbone.parameters() if p.dim() == 4)
    assert found["operations"] == 2 * 2 * macs * found["pixels"]
    assert found["seconds"]["repetitions"] == 2
    tiled = ours.evaluation(
        **inputs, settings={"size": 64, "tile": 32, **layers}, seconds=0.0, least=2
    )
    assert tiled["operations"] is None


def test_the_work_of_the_pocket_network_is_its_convolutions_and_projections(inputs):
    job = ours.job_of(**inputs, settings={"size": 64, "backbone": "pocket"})
    image = torch.rand(1, 3, 48, 64)
    network, expected = job.backbone, 0
    for modules in (network.convolutions, network.projections):
        for name, module in modules.items():
            stride = 2 ** (int(name[4]) - 1)
            expected += 2 * module.weight.numel() * (48 // stride) * (64 // stride)
    assert ours.convolutions(job, image) == expected


def test_memory_of_a_whole_run_is_measured(inputs):
    found = ours.memory(**inputs, settings={"size": 32, "plan": "32:2", "tile": 0})
    assert found["peak"] >= ours.nothing()["peak"] / 2
    assert found["pixels"] == 32 * 24
    assert found["estimate"] > 0


def test_rates_are_those_of_the_best_shape():
    found = floor.rates(["float32"], shapes=[(4, 16), (8, 8)], seconds=0.01)["float32"]
    assert found["best"] == max(found[name] for name in evaluation.shapes(found)) > 0


def test_times_are_medians_with_quartiles():
    assert summary([4.0])["median"] == 4.0
    assert repeat(lambda: None, seconds=0.0)["repetitions"] == 5
    assert peak_memory() > 2**20


def test_an_exponent_is_the_slope_of_logarithms():
    assert scaling.exponent([1e6, 4e6], [2.0, 8.0]) == pytest.approx(1.0)
    assert scaling.exponent([1, 2, 4], [1, 4, 16]) == pytest.approx(2.0)


@pytest.mark.parametrize("beside", [1.0, 2.0, 3.0])
def test_a_ratio_is_of_one_pace_of_the_machine(beside):
    run = {"beside": beside, "reached": {"file": 5.0, "loss": None}}
    other = {"beside": beside, "reached": {"file": 6.0, "loss": None}}
    results = {"baseline": {"evaluations": 50}, "impasto": {"other": other, "one": run}}
    assert convergence.soonest(results, "file") == (pytest.approx(50 * beside / 5), run)
    assert convergence.soonest(results, "loss") is None


def test_a_baseline_is_reached_at_the_first_evaluation_that_is_as_good():
    curve = [(5, 1.0, 1.2, 1.9), (10, 2.0, 1.005, 1.4), (15, 3.0, 0.995, 1.0)]
    assert convergence.reached(curve, {"loss": 1.0, "file": 1.5}) == {"file": 2.0, "loss": 2.0}
    assert convergence.reached(curve, {"loss": 0.9, "file": 1.0}) == {"file": None, "loss": None}


def test_of_a_curve_few_points_are_kept():
    points = convergence.thin([(n,) for n in range(1, 12)], 4)
    assert [entry[0] for entry in points] == [1, 4, 7, 10, 11]


def test_a_command_is_watched_until_its_first_picture_and_its_end(tmp_path, photograph, painting):
    environment = bench(tmp_path).environment()
    sizes = ["--size", "48", "--plan", "32:2,48:2", "--backbone", "pocket"]
    paint = ["-m", "impasto", "paint", str(photograph), str(painting), *sizes]
    found = whole.watch([*paint, "--precision", "float32"], environment)
    assert found["first_size"] == 32
    assert found["precision"] == "float32"
    assert 0 < found["first"] < found["seconds"]
    assert len(found["forecasts"]) == 4  # at the first and the last evaluation of each size
    assert all(0 < forecast < 100 for forecast in found["forecasts"])
    with pytest.raises(Skip, match="nowhere"):
        whole.watch(["-m", "impasto", "paint", "nowhere.jpg", str(painting)], environment)


def timed(words, environment):
    """Take twice as long with another Impasto."""
    earlier = "earlier" in environment.get("PYTHONPATH", "")
    return {"seconds": 3.0 if earlier else 1.5, "peak": 2.0**30}


@pytest.mark.parametrize("quick", [True, False])
def test_every_part_runs_and_shows_its_results(quick, tmp_path, monkeypatch):
    monkeypatch.setattr(busy, "neighbors", lambda count: nullcontext())
    watched = {"first": 0.5, "first_size": 16, "seconds": 1.5, "precision": "float32"}
    watched["forecasts"] = [1.25, 0.875, 1.0]
    monkeypatch.setattr(whole, "watch", lambda command, environment: watched)
    monkeypatch.setattr(before, "neighbors", lambda count: nullcontext())
    monkeypatch.setattr(start, "timed", timed)
    made = bench(tmp_path, quick=quick)
    made.before = tmp_path / "earlier"
    (made.before / "src" / "impasto").mkdir(parents=True)
    names = [name for name in parts.PARTS if not (quick and name == "large")]
    assert run(made, names)
    text = report.page(made.out)
    assert ("From a quick run" in text) == quick
    for name in parts.PARTS:
        assert f"## {parts.load(name).TITLE}\n" in text
    assert "| abacus |" in text
    assert "| 1.25× | 0.875× to 1.00× |" in text
    assert "| 64 pixels, one evaluation | 3.00 s | 1.50 s | 0.500× |" in text
    assert str(tmp_path) not in text
    assert "None" not in text
    assert text.count("Not measured.") == (1 if quick else 0)
    assert "1/" in report.goals({n: p for n in names if (p := report.read(made.out, n))})


def test_an_earlier_impasto_has_to_be_named(tmp_path):
    made = bench(tmp_path)
    with pytest.raises(Skip, match="--before"):
        before.run(made)
    made.before = tmp_path
    with pytest.raises(Skip, match="no Impasto in"):
        before.run(made)


def test_a_command_has_its_own_environment_and_its_memory_is_measured(tmp_path):
    words = ["-c", "import os; bytearray(int(os.environ['MANY']))"]
    found = start.timed(words, {**os.environ, "MANY": str(2**27)})
    assert found["peak"] > 2**27
    assert found["seconds"] > 0
    with pytest.raises(Skip, match="failed: it says why"):
        start.timed(["-c", "import sys; sys.exit('it says why')"], dict(os.environ))


def test_a_fair_share_is_the_threads_part_of_the_processors():
    rows = [
        {"backbone": "pocket", "neighbors": n, "wall": 1.0 + n, "threads": 2} for n in (0, 2, 8)
    ]
    results = {"processors": 2, "rows": rows}
    assert [busy.fair(results, row) for row in rows] == [1.0, 2.0, 5.0]
    assert busy.fair({**results, "processors": 16}, rows[2]) == 1.0


def test_busy_processes_are_gone_after_the_block_and_nothing_else_is_told_to_threads(monkeypatch):
    monkeypatch.setenv("OMP_WAIT_POLICY", "active")
    with busy.neighbors(2) as found, busy.environment({"GOMP_SPINCOUNT": "7"}):
        assert [process.poll() for process in found] == [None, None]
        assert "OMP_WAIT_POLICY" not in os.environ
        assert os.environ["GOMP_SPINCOUNT"] == "7"
    assert all(process.poll() is not None for process in found)
    assert os.environ["OMP_WAIT_POLICY"] == "active"
    assert "GOMP_SPINCOUNT" not in os.environ


def test_a_part_is_measured_once_for_the_same_versions_and_size(tmp_path):
    made = bench(tmp_path, quick=True)
    assert run(made, ["evaluation"])
    asked = len(made.asked)
    assert run(made, ["evaluation"])
    assert len(made.asked) == asked
    made.machine = {**MACHINE, "versions": {"torch": "1"}}
    assert run(made, ["evaluation"])
    assert len(made.asked) > asked
    assert not bench(tmp_path, quick=False).is_measured("evaluation")


def test_a_part_that_cannot_be_measured_does_not_stop_the_others(tmp_path, capsys):
    made = bench(tmp_path, quick=True)
    assert not run(made, ["large", "scaling"])
    assert "large: not measured, it takes" in capsys.readouterr().err
    assert (made.folder / "scaling.json").is_file()
    with pytest.raises(Skip):
        large.run(made)


def test_a_run_that_fails_is_a_row_of_the_table(tmp_path):
    made = bench(tmp_path, quick=True)
    answer = made.child

    def failing(task, **arguments):
        if task == "memory" and arguments["settings"]["size"] == 256:
            raise Skip("memory ended with exit code -9")
        return answer(task, **arguments)

    made.child = failing
    text = memory.page(memory.run(made))
    assert "exit code -9" in text


def test_a_measurement_happens_in_a_process_of_its_own_and_is_kept(tmp_path, monkeypatch):
    made = Bench(tmp_path / "out", tmp_path, machine=MACHINE, threads=1)
    first = made.child("nothing")
    assert first["peak"] > 2**20
    (kept,) = made.partial.glob("nothing-*.json")
    kept.write_text('{"peak": 7}')
    assert Bench(tmp_path / "out", tmp_path, machine=MACHINE).child("nothing") == {"peak": 7}
    other = Bench(tmp_path / "out", tmp_path, machine={**MACHINE, "threads": 2})
    assert other._key("nothing", {}) != made._key("nothing", {})
    monkeypatch.setattr("benchmarks.runner.fingerprint", lambda files: "changed")
    with pytest.raises(Skip, match="exit code"):
        made.child("memory", content="none", style="none", settings={})


def test_baselines_can_be_kept(tmp_path):
    again = Bench(tmp_path, tmp_path, again=True, keep_baselines=True)
    assert not again._renew("baseline")
    assert again._renew("descent")
    assert not Bench(tmp_path, tmp_path)._renew("descent")


def test_every_task_exists():
    for target in TASKS.values():
        assert callable(import_row(target))


def test_pictures_fall_back_to_samples(tmp_path):
    content, style = network.pictures(tmp_path)
    assert content.name == "rocket.jpg"
    assert style.name == "swirls.jpg"


def test_the_page_is_written_without_measuring(tmp_path, capsys):
    found = {
        "import torch": summary([1.0, 2.0, 3.0]),
        "impasto paint, 64 px, 1 evaluation": summary([2.5]),
    }
    write(bench(tmp_path, quick=True), "start", found)
    page = tmp_path / "performance.md"
    assert main(["--report", "--out", str(tmp_path / "out"), "--page", str(page)]) == 0
    assert capsys.readouterr().out.strip() == str(page)
    text = page.read_text()
    assert "| `import torch` | 2.00 s (1.50 to 2.50) |" in text
    assert "| ≤ 1.3 | 1.25× (quick run) |" in text
    assert text.count("Not measured.") == len(parts.PARTS) - 1


def test_points_of_a_curve_are_written_on_a_line_each():
    values = {"curve": [[1, 2.5, -3e-07], [4, 5, 6]], "text": ["a", "b"], "none": [None], "no": []}
    text = compact(json.dumps(values, indent=1))
    assert json.loads(text) == values
    assert "\n  [1, 2.5, -3e-07],\n" in text


def test_numbers_have_three_digits():
    assert [number(v) for v in (0.0012345, 12.0, 99.96, 1234567.0)] == [
        "0.00123", "12.0", "100", "1234567"
    ]  # fmt: skip
    assert spread({"median": 1.0, "low": 1.0, "high": 1.0, "repetitions": 1}) == "1.00 s"
    assert table(("a",), [(1,)]) == "| a |\n| --- |\n| 1 |\n"
