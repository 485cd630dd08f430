"""Faces are found, and painted with care, unless somebody does not want that."""

import re
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
import torch

from impasto import stylize
from impasto.controls import faces
from impasto.controls.faces import NOT_INSTALLED, around, find_faces
from impasto.errors import SettingsError
from impasto.extras import install
from impasto.images import Canvas, as_picture
from impasto.images.scaling import resize
from impasto.job import prepare
from impasto.job.reconstruction import inversion, texture
from impasto.objective import Kind
from impasto.samples import PAINTINGS, PHOTOGRAPHS, painting, photograph
from impasto.settings import PRESETS, Settings, apply
from impasto.settings.parsing import FACE_CARE
from tests.support.objectives import is_tiled, objective_at

SMALL = {"backbone": "pocket", "size": 64, "iterations": 4, "levels": 1, "precision": "float32"}
FOUND = "1 face found: painted with care (--protect-faces 0 turns this off)"
PORTRAIT, CUP, DOTS, SWIRLS = (
    photograph("astronaut"), photograph("coffee"), painting("dots"), painting("swirls")
)  # fmt: skip
WITHOUT_OPENCV = [None, SimpleNamespace(), ModuleType("cv2")]


def job_of(content=PORTRAIT, style=DOTS, masks=None, **given):
    return prepare(content, style, Settings(**{**SMALL, **given}), content_mask=masks)


def face_terms(job):
    return [term for term in objective_at(job, 64).terms if term.name.startswith("faces")]


@pytest.fixture(params=WITHOUT_OPENCV)
def without_opencv(request, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "cv2", request.param)
    monkeypatch.setitem(__import__("sys").modules, "cv2.data", None)
    faces._cascade.cache_clear()
    faces._faces_of.cache_clear()


def test_a_face_is_painted_with_care_by_default():
    job = job_of()
    assert job.notes == (FOUND,)
    assert job.settings.protect_faces == job.recipe.settings.protect_faces == FACE_CARE
    belongs = job.controls.care.faces
    assert belongs.shape == (512, 512)
    assert belongs[114, 224] == 1
    assert belongs[300:].max() == belongs[:, 400:].max() == 0


def test_content_counts_more_in_a_face_by_equal_ratios():
    weights = []
    for strength in (0.5, 1):
        (term,) = face_terms(job_of(protect_faces=strength))
        assert (term.kind, term.label) == (Kind.REGULARIZER, "faces relu3_1")
        assert 0 < term.mask.mean() < 0.2
        weights.append(term.weight)
    assert weights == pytest.approx([10 - 1, 100 - 1])


def test_a_protected_face_is_nearer_to_the_photograph():
    settings = {**SMALL, "size": 128, "iterations": 20, "style_weight": 100}
    results = [
        stylize(PORTRAIT, SWIRLS, protect_faces=care, **settings) for care in (0, FACE_CARE, 1)
    ]
    original = results[0].job.content_at(128)
    belongs = around([(44, 17, 24, 24)], 128, 128)[..., None]
    inside = [float((belongs * np.square(r.rgb - original)).sum()) for r in results]
    outside = [float(((1 - belongs) * np.square(r.rgb - original)).sum()) for r in results]
    assert inside[0] > 1.1 * inside[1] > 1.1 * inside[2]
    assert outside == pytest.approx([outside[0]] * 3, rel=0.1)


def test_nobody_looks_for_faces_that_are_not_to_be_protected(monkeypatch):
    def fail(rgb):
        raise AssertionError

    monkeypatch.setattr(faces, "find_faces", fail)
    job = job_of(protect_faces=0)
    assert (job.notes, job.settings.protect_faces, face_terms(job)) == ((), 0, [])
    assert prepare(PORTRAIT, (), inversion("relu2_1", {"size": 64})).notes == ()
    made = prepare(Canvas(64, 64), PORTRAIT, texture("relu1_1", {}, 64))
    assert made.settings.protect_faces == 0
    again = Settings.from_dict(made.recipe.settings.to_dict())
    assert prepare(Canvas(64, 64), PORTRAIT, again).settings == made.settings


def test_without_a_face_nothing_is_said_unless_somebody_asked():
    job = job_of(CUP)
    assert (job.notes, job.settings.protect_faces, face_terms(job)) == ((), 0, [])
    asked = job_of(CUP, protect_faces=0.5)
    assert asked.notes == ("no face was found",)
    assert (asked.settings.protect_faces, face_terms(asked)) == (0.5, [])


def test_without_opencv_one_line_says_what_to_install(without_opencv):
    job = job_of()
    assert job.notes == (NOT_INSTALLED,)
    assert job.settings.protect_faces == 0
    again = prepare(PORTRAIT, DOTS, job.recipe.settings)
    assert again.notes == ()
    with pytest.raises(SettingsError, match=re.escape(install("faces"))):
        job_of(protect_faces=0.5)


@pytest.mark.parametrize(
    "given",
    [
        {"masks": np.ones((64, 64))},
        {"style": [DOTS, SWIRLS], "style_blend": "2,1"},
        {"init": "noise"},
        {"style_loss": "patches", "style_layers": "relu3_1"},
        {"photoreal": True},
        {"color": "luminance"},
        {"normalization": "gatys2016"},
        {"optimizer": "lbfgsb", "auto": True, "levels": None},
    ],
    ids=lambda given: ", ".join(given),
)
def test_care_goes_with_all_other_controls(given):
    job = job_of(**given)
    assert job.notes == (FOUND,)
    assert len(face_terms(job)) == 1
    assert objective_at(job, 64)(torch.rand(1, 3, 64, 64)).gradient.isfinite().all()


def test_tiles_change_nothing():
    image = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(0), dtype=torch.double)
    found = []
    for tile in (0, 32):
        objective = objective_at(job_of(tile=tile, precision="float64"), 64)
        assert is_tiled(objective) == bool(tile)
        found.append(objective(image))
    assert found[1].parts == pytest.approx(found[0].parts)
    torch.testing.assert_close(found[1].gradient, found[0].gradient)


@pytest.mark.parametrize("name", PRESETS)
def test_other_programs_paint_faces_like_everything_else(name):
    assert apply(name, {"weights": "any.pth"}).protect_faces == 0
    assert apply(name, {"backbone": "pocket"}).protect_faces == 0
    assert apply(name, {"backbone": "pocket", "protect_faces": "0.5"}).protect_faces == 0.5


@pytest.mark.parametrize(
    ("recorded", "strength"),
    [(True, FACE_CARE), ("true", FACE_CARE), (False, 0), (1, 1), ("0", 0), ("0.25", 0.25)],
)
def test_a_flag_of_old_recipes_is_a_strength(recorded, strength):
    assert Settings.from_dict({"protect_faces": recorded}).protect_faces == strength


@pytest.mark.parametrize("wrong", [1.5, -0.1, "much", "yes"])
def test_other_strengths_are_refused(wrong):
    with pytest.raises(SettingsError, match="protect_faces is"):
        Settings(protect_faces=wrong)


def test_the_same_picture_is_searched_once(monkeypatch):
    rgb = as_picture(PORTRAIT).over_white()
    found = find_faces(rgb)
    monkeypatch.setattr(faces, "_is_face", lambda *_: pytest.fail("searched again"))
    assert find_faces(rgb.copy()) == found
    assert found


@pytest.mark.parametrize("side", [384, 512, 768])
def test_the_samples_have_one_face(side):
    threads = torch.get_num_threads()
    paths = [*map(photograph, PHOTOGRAPHS), *map(painting, PAINTINGS)]
    found = {}
    for path in paths:
        rgb = as_picture(path).over_white()
        height, width = (round(n * side / max(rgb.shape[:2])) for n in rgb.shape[:2])
        found[path] = find_faces(resize(rgb, width, height).clip(0, 1))
    assert {path: len(each) for path, each in found.items() if each} == {PORTRAIT: 1}
    ((left, top, wide, high),) = found[PORTRAIT]
    at = (left + wide / 2, top + high / 2, wide, high)
    assert np.array(at) / side == pytest.approx([0.44, 0.23, 0.18, 0.18], abs=0.03)
    assert torch.get_num_threads() == threads


def test_care_fades_outward():
    belongs = around([(40, 30, 40, 40)], 100, 120)
    assert belongs[50, 60] == 1
    assert belongs[0, 0] == 0
    row = belongs[50, 60:]
    assert (np.diff(row) <= 0).all()
    assert np.diff(row).min() > -0.12
