import pytest
import torch

from impasto.job.initializers import add_noise, blend, content, faint, gray, noise, style, white

PHOTOGRAPH = torch.rand(1, 3, 20, 30, generator=torch.Generator().manual_seed(1))


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_content_is_the_photograph():
    assert torch.equal(content(PHOTOGRAPH, [], generator()), PHOTOGRAPH)


def test_noise_depends_on_the_seed_alone():
    first = noise(PHOTOGRAPH, [], generator(3))
    assert torch.equal(first, noise(PHOTOGRAPH * 0, [], generator(3)))
    assert not torch.equal(first, noise(PHOTOGRAPH, [], generator(4)))
    large = noise(torch.zeros(1, 3, 100, 100), [], generator())
    assert large.mean().item() == pytest.approx(0.5, abs=0.01)
    assert large.std().item() == pytest.approx(0.25, abs=0.01)


def test_faint_noise_looks_like_gray():
    drawn = faint(torch.zeros(1, 3, 100, 100), [], generator())
    assert drawn.mean().item() == pytest.approx(0.5, abs=1e-3)
    assert drawn.std().item() * 255 == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("shape", [(11, 50), (70, 13), (20, 30), (1, 90)])
def test_style_covers_the_photograph_without_changing_its_proportions(shape):
    height, width = shape
    painting = torch.linspace(0, 1, width).expand(1, 3, height, width)
    start = style(PHOTOGRAPH, [painting], generator())
    assert start.shape == PHOTOGRAPH.shape
    assert (start.diff(dim=3) >= -1e-5).all()  # still a ramp from left to right


def test_plain_paper_and_the_blend():
    painting = torch.rand(1, 3, 20, 30)
    assert (gray(PHOTOGRAPH, [], generator()) == 0.5).all()
    assert (white(PHOTOGRAPH, [], generator()) == 1).all()
    mixed = blend(PHOTOGRAPH, [painting], generator())
    expected = (PHOTOGRAPH + style(PHOTOGRAPH, [painting], generator())) / 2
    torch.testing.assert_close(mixed, expected)


def test_noise_is_mixed_in_by_its_share():
    assert add_noise(PHOTOGRAPH, 0, generator()) is PHOTOGRAPH
    whole = add_noise(PHOTOGRAPH, 1, generator(7))
    torch.testing.assert_close(whole, noise(PHOTOGRAPH, [], generator(7)))
    tenth = add_noise(PHOTOGRAPH, 0.1, generator(7))
    torch.testing.assert_close(tenth, 0.9 * PHOTOGRAPH + 0.1 * whole)
