"""What every optimizer, start, total variation and preset promises."""

import pytest
import torch

from impasto.backbones import BACKBONES
from impasto.backbones.weights.published import PUBLISHED
from impasto.errors import UnknownName, WeightsError
from impasto.losses import TotalVariation
from impasto.normalization import NORMALIZATIONS
from impasto.optimize import Optimizer
from impasto.registry import INITIALIZERS, LEARNING_RATES, OPTIMIZERS, VARIATIONS
from impasto.settings import PRESETS, Settings, apply

CURVATURE = torch.linspace(1, 30, 48).view(1, 3, 4, 4)


def slope(image):
    return CURVATURE * (image - 0.4)


def loss(image):
    return (CURVATURE * (image - 0.4).square()).sum().item() / 2


def step(optimizer, image):
    return optimizer.step(image, slope(image), loss(image))


def make(name, history=4):
    return OPTIMIZERS[name].load()(LEARNING_RATES[name], history)


def start():
    return torch.rand(1, 3, 4, 4, generator=torch.Generator().manual_seed(5))


@pytest.mark.parametrize("name", OPTIMIZERS)
class TestOptimizer:
    def test_it_is_one(self, name):
        assert isinstance(make(name), Optimizer)

    def test_it_descends(self, name):
        optimizer, image = make(name), start()
        for _ in range(60):
            image = step(optimizer, image)
        assert (image - 0.4).abs().mean() < 0.05 * (start() - 0.4).abs().mean()

    @pytest.mark.parametrize("count", [0, 1, 9])
    def test_what_it_remembers_leads_to_the_same_images(self, name, count):
        optimizer, image = make(name), start()
        for _ in range(count):
            image = step(optimizer, image)
        memory = optimizer.state()
        assert all(isinstance(v, torch.Tensor | float | int) for v in memory.values())
        other, twin = make(name), image
        other.step(torch.zeros_like(image), torch.ones_like(image), 1.0)  # is forgotten
        other.restore(memory)
        for _ in range(5):
            image, twin = step(optimizer, image), step(other, twin)
            assert torch.equal(image, twin)
        other.restart()
        assert other.learning_rate == LEARNING_RATES[name] / 2

    def test_a_halved_step_is_remembered(self, name):
        optimizer, other = make(name), make(name)
        optimizer.restart()
        other.restore(optimizer.state())
        assert other.learning_rate == optimizer.learning_rate == LEARNING_RATES[name] / 2


@pytest.mark.parametrize("name", INITIALIZERS)
def test_every_start_has_the_photographs_shape_and_depends_on_the_seed_alone(name):
    photograph, painting = torch.rand(1, 3, 20, 30), torch.rand(1, 3, 25, 18)
    images = [
        INITIALIZERS[name].load()(photograph, [painting], torch.Generator().manual_seed(2))
        for _ in range(2)
    ]
    assert images[0].shape == photograph.shape
    assert images[0].dtype == photograph.dtype
    assert torch.equal(*images)
    assert images[0].isfinite().all()


@pytest.mark.parametrize("name", VARIATIONS)
@pytest.mark.parametrize("norm", NORMALIZATIONS)
def test_every_variation_is_zero_where_nothing_varies_and_its_gradient_is_finite(name, norm):
    loss = TotalVariation(VARIATIONS[name], NORMALIZATIONS[norm].variation)
    flat = torch.full((1, 3, 5, 6), 0.3, dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(loss(flat), flat)
    assert loss(flat).item() == 0
    assert torch.equal(gradient, torch.zeros_like(gradient))
    busy = torch.rand(1, 3, 5, 6, dtype=torch.float64)
    assert loss(2 * busy) / loss(busy) == pytest.approx(2 ** VARIATIONS[name].degree)
    assert loss(busy + 7) == pytest.approx(loss(busy).item())


@pytest.mark.parametrize("name", PRESETS)
class TestPreset:
    def test_it_gives_settings_on_every_network(self, name):
        for backbone in BACKBONES:
            settings = apply(name, {"backbone": backbone, "weights": "any.pth"}).completed()
            assert settings.backbone == backbone
            assert settings.plan[-1][0] == settings.size
            if backbone != PRESETS[name].values["backbone"]:
                assert settings.normalization == "relative"
                assert settings.style_weight == BACKBONES[backbone].effort.style_weight
                assert settings.rescale == "none"

    def test_what_is_given_wins(self, name):
        given = {"weights": "any.pth", "size": "96", "iterations": "7", "levels": 1, "seed": 4}
        settings = apply(name, given).completed()
        assert settings.plan == ((96, 7),)
        assert (settings.seed, settings.weights) == (4, "any.pth")

    def test_its_values_are_settings_of_their_kind(self, name):
        row = PRESETS[name]
        assert Settings(**row.values).completed().backbone == row.values["backbone"]
        assert set(row.weights) <= set(PUBLISHED)
        assert all(PUBLISHED[w].backbone == row.values["backbone"] for w in row.weights)
        assert row.origin
        assert row.differs

    def test_without_its_weights_it_says_how_to_get_them(self, name, monkeypatch, tmp_path):
        monkeypatch.setenv("IMPASTO_CACHE", str(tmp_path))
        if not PRESETS[name].weights:
            assert apply(name, {}).weights is None
            return
        with pytest.raises(WeightsError, match=r"models fetch .*--weights.*--backbone vgg19"):
            apply(name, {})
        file = tmp_path / "weights" / PUBLISHED[PRESETS[name].weights[-1]].file_name
        file.parent.mkdir()
        file.touch()
        assert apply(name, {}).weights == str(file)


WITHIN_BOUNDS = {"paper", "kang", "keras", "liu"}
BY_ADAM = {"style-transfer-pytorch", "chainer-gogh"}


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_descends_as_its_program_does_whatever_the_default(name):
    expected = "lbfgsb" if name in WITHIN_BOUNDS else "adam" if name in BY_ADAM else "lbfgs"
    assert apply(name, {"weights": "any.pth"}).optimizer == expected
    assert apply(name, {"weights": "any.pth", "optimizer": "lbfgs-wolfe"}).optimizer != expected


def test_an_unknown_preset_is_answered_with_the_nearest():
    with pytest.raises(UnknownName, match="did you mean 'neural-style'"):
        apply("neural_style", {})
