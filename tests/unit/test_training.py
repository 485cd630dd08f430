"""What the training of the pocket network rests on."""

import pytest
import torch
from training.comb import comb
from training.lessons import pull, stack, teach
from training.losses import compare, gram
from training.teacher import LAYERS, Teacher, quarter


@pytest.fixture(scope="module")
def teacher() -> Teacher:
    torch.manual_seed(0)
    teacher = Teacher()
    teacher.fit([torch.rand(2, 3, 48, 48)])
    return teacher


def test_a_comb_is_told_from_noise():
    torch.manual_seed(0)
    photograph = torch.rand(1, 3, 128, 128)
    noise = torch.randn(1, 3, 128, 128)
    columns = torch.arange(128.0)
    assert 0.8 < comb(noise, photograph) < 1.25
    assert comb(noise + torch.cos(columns * 2 * torch.pi / 2.5), photograph) > 5
    diagonal = columns[:, None] + columns
    assert comb(noise + torch.cos(diagonal * 2 * torch.pi / 4), photograph) < 1


def test_a_lesson_holds_what_the_teacher_says(teacher: Teacher):
    images = torch.rand(2, 3, 48, 48)
    lessons = teach(teacher, images, None, torch.Generator().manual_seed(0))
    seen, targets, corners = stack(lessons)
    truth = teacher(images)
    for layer in LAYERS[1:]:
        torch.testing.assert_close(targets[layer], truth[layer], rtol=2e-3, atol=2e-2)
    maps = truth["relu1_1"].view(2, 48, 48, -1).permute(0, 3, 1, 2)
    part = quarter(maps, corners).permute(0, 2, 3, 1).flatten(1, 2)
    torch.testing.assert_close(targets["relu1_1"], part, rtol=2e-3, atol=2e-2)
    assert torch.equal(seen, images)


def test_the_gradient_of_a_lesson_is_that_of_its_scalar(teacher: Teacher):
    lessons = teach(teacher, torch.rand(2, 3, 48, 48), None, torch.Generator().manual_seed(1))
    for lesson in lessons:
        image = lesson.image[None].clone().requires_grad_()
        scalar = pull(teacher(image, [lesson.layer])[lesson.layer][0], lesson.cotangent)
        (gradient,) = torch.autograd.grad(scalar, image)
        assert float(lesson.gradient.float().square().mean()) == pytest.approx(1, rel=1e-2)
        torch.testing.assert_close(gradient[0], lesson.gradient.float(), rtol=1e-2, atol=1e-2)


def test_a_basis_keeps_gram_matrices_up_to_what_it_drops(teacher: Teacher):
    feature = teacher.raw(torch.rand(1, 3, 48, 48), ["relu1_1"])["relu1_1"]
    whole = gram(feature.flatten(2).mT).norm()
    basis = teacher.basis()["relu1_1"]
    scale = basis.norm(dim=0)[0]
    kept = gram(feature.flatten(2).mT @ (basis / scale)).norm()
    assert float(kept / whole) == pytest.approx(1, abs=1e-3)


def test_a_perfect_prediction_misses_nothing():
    t = torch.randn(2, 50, 8)
    missing, error = compare(t, t)
    assert (float(missing), float(error)) == (0, 0)
    missing, _ = compare(t.mean(1, keepdim=True).expand_as(t), t)
    assert float(missing) == pytest.approx(1, abs=1e-5)
