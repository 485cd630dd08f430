"""What applies a function to every tile can be given: other threads, processes or machines."""

import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from impasto.backbones import load_backbone
from impasto.cluster.packing import Packed
from impasto.objective import Objective, Wanted, collect_statistics, tiled
from impasto.registry import STYLE_LOSSES
from impasto.statistics import gram
from tests.support.narrow_networks import both, narrow_vgg19, picture


def backwards(function, items):
    """Do the last first."""
    return reversed([function(item) for item in reversed(list(items))])


def in_threads(function, items):
    with ThreadPoolExecutor(3) as pool:
        return list(pool.map(function, items))


def elsewhere(function, items):
    """Send all that goes in and comes out as bytes, as to another process."""
    sent = pickle.dumps(function)
    for item in items:
        answer = pickle.loads(sent)(pickle.loads(pickle.dumps(item)))
        yield pickle.loads(pickle.dumps(answer))


MAPS = [backwards, in_threads, elsewhere]


def named(function):
    return function.__name__


@pytest.mark.parametrize("each", MAPS, ids=named)
@pytest.mark.parametrize(
    "loss", [name for name, row in STYLE_LOSSES.items() if row.load().additive]
)
def test_every_style_loss_gives_the_same_numbers(loss, each):
    _, plain = both(narrow_vgg19(), 131, 170, 64, style_loss=loss, protect_edges=2.0)
    image = picture(131, 170, seed=3)
    mapped = Objective(plain.terms, tiled(narrow_vgg19(), 64, each=each))
    expected, found = plain(image), mapped(image)
    assert found.parts == expected.parts
    assert found.total == expected.total
    assert torch.equal(found.gradient, expected.gradient)


@pytest.mark.parametrize("each", MAPS, ids=named)
def test_masks_go_along(each):
    backbone, image = narrow_vgg19(), picture(131, 170, seed=3)
    mask = torch.rand(1, 1, 131, 170, dtype=torch.float64)
    wanted = {
        "all": Wanted(("relu3_1",), gram),
        "some": Wanted(("relu1_1",), gram, mask),
    }
    expected = collect_statistics(backbone, image, wanted, 64)
    found = collect_statistics(backbone, image, wanted, 64, each)
    for key in wanted:
        assert torch.equal(found[key].total, expected[key].total)
        assert found[key].positions == expected[key].positions


def test_a_network_of_the_table_can_be_sent():
    backbone = load_backbone("pocket", layers=["relu1_1", "relu3_1"])
    backbone = backbone.to(memory_format=torch.channels_last)
    image = torch.rand(1, 3, 150, 170)
    wanted = {layer: Wanted((layer,), gram) for layer in ("relu1_1", "relu3_1")}
    expected = collect_statistics(backbone, image, wanted, 64)
    found = collect_statistics(backbone, image, wanted, 64, elsewhere)
    for key in wanted:
        assert torch.equal(found[key].total, expected[key].total)


def test_a_tile_that_is_sent_takes_no_more_than_itself_along():
    sizes = []

    def weighed(function, items):
        for item in items:
            sizes.append(Packed.of(item).nbytes)
            yield function(item)

    backbone, image = narrow_vgg19(), picture(1000, 40)
    collect_statistics(backbone, image, {"": Wanted(("relu1_1",), gram)}, 100, weighed)
    assert len(sizes) == 10
    assert max(sizes) < image.nbytes / 5


def test_nothing_is_left_on_the_tiles_that_were_handed_out():
    kept = []

    def keeping(function, items):
        for item in items:
            kept.append(item)
            yield function(item)

    _, plain = both(narrow_vgg19(), 131, 170, 64)
    image = picture(131, 170, seed=3)
    found = Objective(plain.terms, tiled(narrow_vgg19(), 64, each=keeping))(image)
    assert found.total == plain(image).total
    for piece in kept:
        assert piece.forward is None
        assert not piece.pixels.requires_grad
        assert torch.equal(piece.pixels, piece.place.tile.cut(image))
