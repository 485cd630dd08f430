import json

import numpy as np
import pytest
import torch
from click.testing import CliRunner

from impasto import stylize
from impasto.backbones.random_filters import RandomFilters
from impasto.cli import cli
from impasto.errors import PictureError, SettingsError, UnknownName
from impasto.evaluation.content_metrics import edges, ssim, structure
from impasto.evaluation.scores import FILTERS, judge, load_network, piece
from impasto.images import as_picture, resize, to_pil
from impasto.samples import painting, photograph


def sample(name, kind=photograph, width=96, height=64):
    return resize(as_picture(kind(name)).rgb, width, height)


def picture(seed, height=40, width=56):
    generator = torch.Generator().manual_seed(seed)
    coarse = torch.rand(1, 3, 10, 14, generator=generator)
    return torch.nn.functional.interpolate(coarse, (height, width), mode="bilinear")


@pytest.fixture(scope="module")
def verdict():
    content, style = sample("cat"), sample("dots", painting)
    return judge(content, content, style)


def test_the_photograph_agrees_with_itself(verdict):
    assert verdict.result == verdict.baselines["content"]
    scores = verdict.result
    assert (scores.structure, scores.edges, scores.ssim) == pytest.approx((1, 1, 1))
    assert scores.gram > 0.05
    assert scores.wasserstein > 0.05


def test_the_baselines_are_in_order(verdict):
    content, colored, style = verdict.baselines.values()
    assert content.gram > colored.gram > style.gram
    assert content.wasserstein > colored.wasserstein > style.wasserstein
    assert content.structure > colored.structure > style.structure
    assert content.ssim > colored.ssim > style.ssim


def test_the_style_has_no_distance_from_itself():
    style = sample("dots", painting)
    scores = judge(style, sample("cat"), style).result
    assert scores.gram == pytest.approx(0, abs=1e-6)
    assert scores.wasserstein == pytest.approx(0, abs=1e-6)


def test_measures_follow_a_blend_from_photograph_to_style():
    content, style = sample("cat"), sample("dots", painting)
    scores = [judge((1 - t) * content + t * style, content, style).result for t in (0, 0.5, 1)]
    for name in ("gram", "structure", "ssim"):
        values = [getattr(each, name) for each in scores]
        assert values == sorted(values, reverse=True), name


def test_noise_is_bad_at_both():
    content, style = sample("cat"), sample("dots", painting)
    noise = np.random.default_rng(0).random(content.shape, np.float32)
    verdict = judge(noise, content, style)
    assert verdict.result.structure < 0.2
    assert verdict.result.ssim < 0.1
    assert (
        verdict.result.wasserstein > verdict.baselines["content in the style's colors"].wasserstein
    )


def test_another_network_than_the_painter_measures(tmp_path):
    painted = stylize(
        sample("cat"), sample("dots", painting), size=64, iterations=2, levels=1, backbone="pocket"
    )
    painted.save(tmp_path / "out.png")
    verdict = judge(tmp_path / "out.png", sample("cat"), [sample("dots", painting)])
    assert verdict.painted_by == "pocket"
    assert verdict.network != "pocket"


def test_networks_are_loaded_by_name():
    layers, net = load_network("pocket")
    assert net(picture(1), layers)["relu3_1"].shape[1] == 96
    layers, net = load_network(FILTERS)
    assert isinstance(net, RandomFilters)
    with pytest.raises(UnknownName, match="filters"):
        load_network("filter")


def test_the_filters_are_always_the_same_and_answer_nothing_to_a_flat_picture():
    first, second = RandomFilters(), RandomFilters()
    assert torch.equal(first.filters, second.filters)
    found = first(torch.full((1, 3, 32, 48), 0.3), first.layers)
    assert list(found) == list(first.layers)
    for octave, features in enumerate(found.values()):
        assert features.shape == (1, 63, 32 >> octave, 48 >> octave)
        assert features[:, :58].abs().max() < 1e-5
        assert features[:, 58:61].mean().item() == pytest.approx(0.3)


def test_edges_may_move_a_little():
    step = torch.zeros(1, 3, 40, 60)
    step[..., 30:] = 1
    near, far = torch.roll(step, 2, dims=3), torch.roll(step, 12, dims=3)
    near[..., :5], far[..., :20] = 0, 0
    assert edges(near, step) == pytest.approx(1)
    assert edges(far, step) < 0.3


def test_structure_ignores_what_colors_mean():
    features = torch.randn(1, 8, 12, 12, generator=torch.Generator().manual_seed(1))
    mixed = torch.linalg.qr(torch.randn(8, 8, generator=torch.Generator().manual_seed(2))).Q
    turned = torch.einsum("ij,bjhw->bihw", mixed, features)
    assert structure(turned, features) == pytest.approx(1, abs=1e-5)
    assert abs(structure(features.flip(3), features)) < 0.3


def test_ssim_knows_contrast_and_is_bounded():
    a, b = picture(1), picture(2)
    assert ssim(a, a) == pytest.approx(1)
    assert ssim(0.5 + 0.2 * (a - 0.5), a) < 0.95
    assert ssim(b, a) < 0.5
    assert ssim(1 - a, a) < 0


def test_a_piece_fills_the_shape():
    assert piece(sample("dots", painting, 30, 90), 64, 48).shape == (48, 64, 3)


def test_wrong_pictures_are_refused_in_a_sentence():
    content = sample("cat")
    with pytest.raises(PictureError, match="same proportions"):
        judge(content[:32], content, content)
    with pytest.raises(SettingsError, match="no style picture"):
        judge(content, content, [])


def test_the_command_prints_a_table_and_json(tmp_path):
    to_pil(sample("cat")).save(tmp_path / "cat.png")
    to_pil(sample("dots", painting)).save(tmp_path / "dots.png")
    paths = [str(tmp_path / name) for name in ("cat.png", "cat.png", "dots.png")]
    table = CliRunner().invoke(cli, ["judge", *paths])
    assert table.exit_code == 0, table.output
    assert [line.split("  ")[0] for line in table.output.splitlines()[1:5]] == [
        "the painting", "content", "content in the style's colors", "piece of the style",
    ]  # fmt: skip
    found = json.loads(CliRunner().invoke(cli, ["judge", "--json", *paths]).output)
    assert found["result"]["edges"] == 1
    assert found["network"] == FILTERS
