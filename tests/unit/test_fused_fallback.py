"""Where private operators of torch fail, or are switched off, public ones give the same numbers."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

import impasto
from impasto.backbones import load_backbone
from impasto.backbones.fused import disabled, private, probes
from impasto.backbones.fused.probes import PASSED, PROBES, run_probes
from impasto.backbones.network import Network
from impasto.backbones.pocket import PROJECTIONS
from impasto.backbones.vgg import vgg
from impasto.backbones.weights.conventions import TORCHVISION
from tests.support.weight_files import he_tensors

VGG = vgg((2, 2, 4, 4, 1), (6, 8, 9, 10, 10))
LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu4_2", "relu5_1")


def network(name: str, pooling: str):
    if name == "pocket":
        found = load_backbone("pocket", layers=PROJECTIONS, pooling=pooling)
    else:
        found = Network(VGG, he_tensors(VGG), TORCHVISION, pooling)
    return found.to(memory_format=torch.channels_last)


def numbers(backbone) -> list[torch.Tensor]:
    """Return features and the gradient of a loss of them."""
    draw = torch.Generator().manual_seed(0)
    images = torch.rand(1, 3, 37, 50, generator=draw).requires_grad_()
    features = backbone(images, LAYERS)
    loss = sum(f.double().square().mean() for f in features.values())
    return [*features.values(), *torch.autograd.grad(loss, images)]


def assert_same(backbone, expected):
    dtype = next(backbone.parameters()).dtype
    # A ReLU may turn over where a value is nearly 0, so that single gradients differ by more.
    tolerance = 200 * torch.finfo(dtype).eps if dtype != torch.bfloat16 else 0.1
    for one, other in zip(numbers(backbone), expected, strict=True):
        assert one.dtype == other.dtype
        difference = (one - other).double().norm()
        assert difference <= tolerance * other.double().norm()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
@pytest.mark.parametrize("pooling", ["avg", "max"])
@pytest.mark.parametrize("name", ["vgg", "pocket"])
def test_switched_off_a_network_gives_the_same(name, pooling, dtype):
    backbone = network(name, pooling).to(dtype)
    expected = numbers(backbone)
    with disabled():
        assert not probes.is_on()
        assert_same(backbone, expected)
    assert probes.is_on()


@pytest.mark.parametrize("failing", PROBES)
@pytest.mark.parametrize("name", ["vgg", "pocket"])
def test_with_one_operator_failing_a_network_gives_the_same(name, failing, monkeypatch):
    backbone = network(name, "max")
    expected = numbers(backbone)
    break_operator(monkeypatch, failing)
    monkeypatch.setattr(probes, "PASSED", run_probes())
    assert failing not in {operator for operator, _ in probes.PASSED}
    assert_same(backbone, expected)


def break_operator(monkeypatch, name: str) -> None:
    def missing(*args):
        raise AttributeError("'_OpNamespace' object has no such attribute")

    monkeypatch.setattr(private, name, missing)


@pytest.mark.parametrize("name", PROBES)
def test_an_operator_that_gives_other_numbers_does_not_pass(name, monkeypatch):
    right = getattr(private, name)

    def wrong(*args):
        result = right(*args)
        if result is None:  # written to the last argument
            return args[-1].mul_(1.5)
        return result * 2 + 1 if name == "version" else result.to_dense() * 1.5

    monkeypatch.setattr(private, name, wrong)
    assert name not in {operator for operator, _ in run_probes()}


def test_here_every_operator_works_in_32_bits():
    if not torch.backends.mkldnn.is_available():
        pytest.skip("this build of torch has no oneDNN")
    assert {name for name, dtype in PASSED if dtype == torch.float32} == set(PROBES)


def test_probes_leave_random_numbers_threads_and_modes_alone():
    before = torch.get_rng_state(), torch.get_num_threads()
    with torch.inference_mode():
        assert run_probes() == PASSED
    assert torch.equal(torch.get_rng_state(), before[0])
    assert torch.get_num_threads() == before[1]


def test_the_environment_switches_everything_off():
    code = (
        "from impasto.backbones.fused import probes; print(probes.is_on(), sorted(probes.PASSED))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"IMPASTO_FUSED": "0"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "False []\n"


PRIVATE_PLACES = {
    "backbones/fused/private.py",
    "job/resources.py",  # counts the bytes of tensors by a dispatch mode
}


def test_no_other_module_touches_private_operators():
    package = Path(impasto.__file__).parent
    touching = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if any(map(is_private, ast.walk(ast.parse(path.read_text(encoding="utf-8")))))
    }
    assert touching == PRIVATE_PLACES


def is_private(node: ast.AST) -> bool:
    """Tell whether this is a private name of torch, or of a tensor or a storage."""
    if isinstance(node, ast.ImportFrom):
        parts = (node.module or "").split(".")
        return parts[0] == "torch" and any(part.startswith("_") for part in parts)
    if not isinstance(node, ast.Attribute):
        return False
    if node.attr in ("_version", "_cdata"):
        return True
    names = ast.unparse(node).split(".")
    return names[:2] == ["torch", "ops"] or (names[0] == "torch" and names[-1].startswith("_"))
