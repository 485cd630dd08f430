"""Where tiles lie in an image and in its feature maps."""

import pytest
import torch

from impasto.objective.tiling import Tile, spans
from tests.support.narrow_networks import DEEP, narrow_vgg19


@pytest.mark.parametrize("memory_format", [torch.contiguous_format, torch.channels_last])
def test_the_inner_part_and_its_gradient_lie_in_memory_like_the_features(memory_format):
    rows, columns = spans(48, 16, 8, 8)[1], spans(64, 32, 8, 8)[0]
    tile = Tile(rows, columns)
    features = torch.rand(1, 5, 4, 5).to(memory_format=memory_format).requires_grad_()
    part = tile.inner(features, 8)
    expected = features[..., 1:3, 0:4]
    assert torch.equal(part, expected)
    assert part.is_contiguous(memory_format=memory_format)
    weights = torch.rand(part.shape)
    (gradient,) = torch.autograd.grad((part * weights).sum(), features)
    (plain,) = torch.autograd.grad((expected * weights).sum(), features)
    assert torch.equal(gradient, plain)
    assert gradient.is_contiguous(memory_format=memory_format)


@pytest.mark.parametrize("length", [1, 15, 16, 17, 100, 512, 1000, 4099])
@pytest.mark.parametrize("side", [0, 16, 64, 500])
def test_spans_cover_the_length_once_and_lie_on_the_stride(length, side):
    found = spans(length, side, margin=70, stride=16)
    assert found[0].start == 0
    assert found[-1].stop == length
    assert [span.start for span in found[1:]] == [span.stop for span in found[:-1]]
    assert [span.last for span in found] == [False] * (len(found) - 1) + [True]
    for span in found:
        assert 0 <= span.outer_start <= max(span.start - 70, 0)
        assert span.outer_stop >= min(span.stop + 70, length)
        assert span.start % 16 == span.outer_start % 16 == 0
        assert side == 0 or span.stop - span.start <= max(side, 16)


def test_one_position_more_than_the_stride_divides_has_a_span_of_its_own():
    assert narrow_vgg19().stride(DEEP) == 16
    spans_ = spans(33, 16, 70, 16)
    assert [span.stop - span.start for span in spans_] == [16, 16, 1]
