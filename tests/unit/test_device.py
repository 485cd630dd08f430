"""What a run chooses by itself on this machine."""

import pytest
import torch

from impasto.errors import SettingsError
from impasto.machine import (
    choose_device,
    choose_precision,
    choose_threads,
    computing_with,
    dtype_of,
    has_native_bfloat16,
    is_here,
)
from impasto.registry import PRECISIONS


def test_every_precision_has_a_type_of_numbers():
    for name in PRECISIONS:
        assert torch.zeros(1, dtype=dtype_of(name)).is_floating_point()
    assert dtype_of("bfloat16") is torch.bfloat16


def test_a_device_that_is_not_here_is_refused():
    assert choose_device("cpu") == "cpu"
    assert is_here("cpu")
    assert not is_here("meta")
    for device in ("cuda:99", "toaster"):
        with pytest.raises(SettingsError, match=f"device '{device}' is not available here"):
            choose_device(device)


@pytest.mark.parametrize("feature", ["avx512_bf16", "amx_tile", None])
def test_bfloat16_is_chosen_where_the_processor_has_it(feature, monkeypatch):
    found = {"avx2": True, feature: True}
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: found, raising=False)
    assert has_native_bfloat16() is (feature is not None)
    assert choose_precision(None, "cpu") == ("bfloat16" if feature else "float32")


def test_an_older_torch_tells_by_other_functions(monkeypatch):
    monkeypatch.delattr(torch.cpu, "get_capabilities", raising=False)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False, raising=False)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: True, raising=False)
    assert has_native_bfloat16()
    monkeypatch.delattr(torch.cpu, "_is_amx_tile_supported")
    assert not has_native_bfloat16()


def test_threads_are_those_asked_for_or_those_of_the_process():
    before = torch.get_num_threads()
    assert choose_threads(None) == before
    assert choose_threads(before + 1) == before + 1
    assert torch.get_num_threads() == before


def test_the_process_computes_with_as_many_threads_as_before():
    before = torch.get_num_threads()
    with computing_with(before + 1):
        assert torch.get_num_threads() == before + 1
    assert torch.get_num_threads() == before
