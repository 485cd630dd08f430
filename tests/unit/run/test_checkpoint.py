"""A checkpoint leads to the very same images, and is refused where it would lead to others."""

import re
from pathlib import Path

import pytest

from impasto.errors import CheckpointError
from impasto.job import prepare
from impasto.optimize import State, schedule
from impasto.registry import OPTIMIZERS
from impasto.run.checkpoint import Checkpoint
from impasto.run.checkpoint_file import checkpoint_path, read_checkpoint, write_checkpoint
from impasto.settings import Settings
from tests.support.runs import go_on, interrupt, paint, paint_and_keep

SETTINGS = Settings(
    size=32, plan="24:4,32:6", init="noise", init_noise=0.5, precision="float32", backbone="pocket"
)


@pytest.fixture
def path(tmp_path) -> Path:
    return checkpoint_path(tmp_path / "out.png")


def assert_same(resumed, whole):
    assert (resumed.rgb == whole.rgb).all()
    assert [step.total for step in resumed.history] == [step.total for step in whole.history]
    assert [step.parts for step in resumed.history] == [step.parts for step in whole.history]
    assert [step.index for step in resumed.history] == list(range(1, len(whole.history) + 1))
    numbers = [[(step.size, step.iteration) for step in r.history] for r in (resumed, whole)]
    assert numbers[0] == numbers[1]
    assert resumed.settings == whole.settings


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_run_goes_on_to_the_same_pixels(photograph, painting, tmp_path, optimizer):
    settings = SETTINGS.replace(optimizer=optimizer)
    counts = (1, 4, 7, 10)
    whole, paths = paint_and_keep(prepare(photograph, painting, settings), counts, tmp_path)
    job = prepare(photograph, painting, settings)
    for count, path in zip(counts, paths, strict=True):
        assert len(read_checkpoint(path).resume(job).history) == count
        assert_same(go_on(job, path), whole)


STAGES = schedule(20, 15)
ENDS = [until for _, until in STAGES]
WITHIN = [2, 6, 12, 18]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_it_goes_on_in_the_middle_of_every_stage_and_between_them(
    photograph, painting, tmp_path, optimizer
):
    assert ENDS == [1, 3, 10, 15, 20]
    settings = SETTINGS.replace(optimizer=optimizer, plan="32:20", continuation=15)
    job = prepare(photograph, painting, settings)
    counts = sorted({*ENDS, *WITHIN, *(end + 1 for end in ENDS[:-1])})
    whole, paths = paint_and_keep(job, counts, tmp_path)
    for count, path in zip(counts, paths, strict=True):
        factor = next(factor for factor, until in STAGES if count <= until)
        assert read_checkpoint(path).state.factor == factor
        assert_same(go_on(job, path), whole)


def test_it_goes_on_within_the_stages_of_a_finer_size(photograph, painting, tmp_path):
    """The coarsest size has no continuation; the finer one has, with weights that were balanced."""
    settings = SETTINGS.replace(plan="24:4,32:20", continuation=15, balance=True)
    job = prepare(photograph, painting, settings)
    whole, paths = paint_and_keep(job, (4, 5, 6, 9, 16, 22, 24), tmp_path)
    assert len({read_checkpoint(path).state.factor for path in paths}) == len(STAGES)
    for path in paths:
        state = read_checkpoint(path).state
        count = int(path.stem)
        expected = (24, 0, 4) if count == 4 else (32, 4, count - 4)
        assert (state.size, state.before, state.iteration) == expected
        assert set(state.weights) == set(whole.last.parts)
        assert_same(go_on(job, path), whole)


def test_it_goes_on_though_stages_end_when_they_have_converged(photograph, painting, tmp_path):
    settings = SETTINGS.replace(plan="32:400", continuation=200, converge=0.05)
    job = prepare(photograph, painting, settings.replace(style_layers="relu1_1"))
    whole, paths = paint_and_keep(job, range(1, 400, 13), tmp_path)
    factors = {read_checkpoint(path).state.factor for path in paths}
    assert whole.evaluations < 300
    assert {factor for factor, _ in STAGES} == factors
    for path in paths[:: len(paths) // 4]:
        assert_same(go_on(job, path), whole)


def test_an_interrupted_run_with_continuation_repeats_as_painted(photograph, painting, path):
    settings = SETTINGS.replace(plan="32:60", continuation=None)
    part = interrupt(prepare(photograph, painting, settings), 20, path)
    assert part.settings.continuation == 45
    again = paint(prepare(photograph, painting, part.settings))
    assert (again.rgb == part.rgb).all()


def test_choices_left_to_the_machine_are_those_of_the_checkpoint(photograph, painting, path):
    interrupt(prepare(photograph, painting, SETTINGS.replace(tile=0)), 2, path)
    checkpoint = read_checkpoint(path)
    adopted = checkpoint.adopt(SETTINGS.replace(precision=None))
    assert (adopted.precision, adopted.tile, adopted.threads) == ("float32", 0, 1)
    assert checkpoint.adopt(SETTINGS.replace(tile=512)).tile == 512


def test_a_finished_run_can_be_continued(photograph, painting, path):
    interrupt(prepare(photograph, painting, SETTINGS), 10, path)
    longer = SETTINGS.replace(plan="24:9,32:11")
    resumed = go_on(prepare(photograph, painting, longer), path)
    whole = paint(prepare(photograph, painting, SETTINGS.replace(plan="24:4,32:11")))
    assert resumed.settings.plan == ((24, 4), (32, 11))  # the coarse size stays as it was
    assert (resumed.rgb == whole.rgb).all()


@pytest.mark.parametrize("count", [2, 10, 12])
def test_a_run_that_was_planned_to_end_within_continuation_can_be_continued(
    photograph, painting, path, count
):
    """Its end is no reason to leave out the stages that a longer run has."""
    longer = SETTINGS.replace(plan="32:20", continuation=15)
    write_checkpoint(path, paint(prepare(photograph, painting, longer.replace(plan=f"32:{count}"))))
    job = prepare(photograph, painting, longer)
    assert_same(go_on(job, path), paint(job))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"style_weight": 7}, "was made with style_weight 30.0, and now it is 7.0"),
        ({"seed": 1}, "seed 0, and now it is 1"),
        ({"size": 40, "plan": "24:4,40:6"}, "size 32"),
        ({"plan": "20:4,32:6"}, r"was painting the sizes \[24, 32\], and now they are \[20, 32\]"),
        ({"plan": "24:4,32:2"}, "has 3 evaluations at 32 pixels already"),
        ({"precision": "float64"}, "precision float32"),
    ],
)
def test_other_settings_are_refused(photograph, painting, path, changes, reason):
    interrupt(prepare(photograph, painting, SETTINGS), 7, path)
    with pytest.raises(CheckpointError, match=reason) as caught:
        read_checkpoint(path).resume(prepare(photograph, painting, SETTINGS.replace(**changes)))
    assert str(caught.value).count(". ") == 0
    assert "--resume" in str(caught.value)


def test_other_pictures_and_versions_are_refused(photograph, painting, path, monkeypatch):
    interrupt(prepare(photograph, painting, SETTINGS), 2, path)
    with pytest.raises(CheckpointError, match="another file for 'content'"):
        read_checkpoint(path).resume(prepare(painting, painting, SETTINGS))
    with pytest.raises(CheckpointError, match="another file for 'styles'"):
        read_checkpoint(path).resume(prepare(photograph, [painting, painting], SETTINGS))
    read = read_checkpoint(path)
    object.__setattr__(read.recipe, "version", "0.0.1")
    with pytest.raises(CheckpointError, match=r"is of Impasto 0\.0\.1"):
        read.resume(prepare(photograph, painting, SETTINGS))


@pytest.mark.parametrize(
    ("longer", "at", "words"),
    [
        ({}, 64, ""),
        ({"iterations": 60}, 64, r"\(continuation 30, not 45; the evaluations of finished sizes\)"),
        ({"iterations": 60}, 32, r"\(continuation 30, not 45\)"),
        ({"iterations": 60, "continuation": 30}, 32, ""),
        ({"iterations": 60, "continuation": 30}, 64, r"\(the evaluations of finished sizes\)"),
        ({"iterations": None, "plan": "32:60,64:50", "continuation": 30}, 64, ""),
    ],
)
def test_a_longer_run_says_where_it_departs_from_one_from_the_start(longer, at, words):
    asked = Settings(size=64, iterations=40, levels=2, backbone="pocket")
    began = asked.resolved(device="cpu", precision="float32", threads=1)
    assert (began.plan, began.continuation) == (((32, 60), (64, 40)), 30)
    checkpoint = Checkpoint(None, began, State(size=at), [], [], Path("out.safetensors"))
    found = checkpoint.departure(asked.replace(**longer))
    assert re.search(f"keeps what it began with {words}: the picture" if words else "^$", found)


def test_what_runs_longer_or_writes_otherwise_is_no_difference(photograph, painting, path):
    interrupt(prepare(photograph, painting, SETTINGS), 2, path)
    other = SETTINGS.replace(plan="24:40,32:60", bits=16, converge=0.1)
    checkpoint = read_checkpoint(path)
    settings = checkpoint.adopt(other)
    assert settings.continuation == 0  # as it began
    resumed = checkpoint.resume(prepare(photograph, painting, settings))
    assert resumed.last.index == 2
    assert resumed.state is checkpoint.state
