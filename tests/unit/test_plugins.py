"""Plugins: what they register, how they fail, and that nothing but a user loads one."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
import torch

import impasto
from impasto.backbones import load_backbone
from impasto.errors import PluginError, UnknownName, WeightsError
from impasto.plugins import Plugin, loading, owner, register
from impasto.registry import LEARNING_RATES, OPTIMIZERS, STYLE_LOSSES
from impasto.settings import SPECS, Settings
from impasto.studio.form import control

EXAMPLES = Path(__file__).parents[2] / "examples" / "plugins"

START = """\
from impasto.plugins import register

@register.init("{name}", "{summary}")
def start(content, styles, generator):
    return content * {factor}
"""


@pytest.fixture(autouse=True)
def no_rows_are_left(forget_plugins):
    return


@pytest.fixture
def plugin(tmp_path):
    """A function that writes the file of a plugin, by default one that registers a start."""

    def write(code=None, file="dark.py", name="dark", summary="a darker content", factor=0.5):
        path = tmp_path / file
        path.write_text(code or START.format(name=name, summary=summary, factor=factor))
        return path

    return write


def test_a_file_adds_a_choice_with_everything_that_follows(plugin):
    path = plugin()
    with pytest.raises(UnknownName, match="skew"):
        Settings(style_loss="skew", backbone="pocket")
    loaded = impasto.load_plugin(EXAMPLES / "skew_loss.py")
    assert Settings(style_loss="gram,skew:2", backbone="pocket").style_loss == (
        ("gram", 1.0),
        ("skew", 2.0),
    )
    assert "skew" in SPECS["style_loss"].choices
    assert owner("style_loss", "skew") == loaded
    assert owner("style_loss", "gram") is None
    assert loaded.sha256 == hashlib.sha256((EXAMPLES / "skew_loss.py").read_bytes()).hexdigest()
    impasto.load_plugin(str(path))
    assert "dark" in SPECS["init"].choices
    assert ("dark", "dark") in control("init").choices


def test_the_same_file_again_changes_nothing(plugin, monkeypatch):
    path = plugin()
    first = impasto.load_plugin(path)
    row = SPECS["init"].choices["dark"]
    monkeypatch.chdir(path.parent)
    assert impasto.load_plugin(path.name) == first
    assert SPECS["init"].choices["dark"] is row


def test_a_changed_file_takes_the_place_of_its_older_version(plugin):
    old = impasto.load_plugin(plugin())
    new = impasto.load_plugin(plugin(name="darker", factor=0.1))
    assert old.path == new.path
    assert "dark" not in SPECS["init"].choices
    assert owner("init", "darker") == new


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("1 +\n", r"bad.py' cannot be loaded \(SyntaxError: .*line 1.*mend it"),
        ("\n\nno_such_name", r"\(line 3, NameError: name 'no_such_name' is not defined\)"),
        ("import no_such_module", r"\(line 1, ModuleNotFoundError: No module named 'no_such_m"),
        ("raise SystemExit(0)", r"\(line 1, SystemExit: 0\)"),
        ("x = 1", "bad.py' registers nothing: it must call a function of impasto.plugins.reg"),
        (START.format(name="noise", summary="", factor=1),
         r"cannot be loaded \(line 3\): init 'noise' is Impasto's own already: choose another"),
        (START.format(name="a,b", summary="", factor=1), "init cannot be called 'a,b': a name beg"),
        ("from impasto.plugins import register\n@register.style_loss('x', '')\ndef f(): ...",
         r"style_loss 'x' must be a subclass of impasto.losses.StyleLoss\."),
        ("from impasto.plugins import register\nfrom impasto.optimize import Optimizer\n"
         "@register.optimizer('x', '', learning_rate=1)\nclass X(Optimizer): ...",
         "the class of optimizer 'x' must define __init__, restart, restore, state, step"),
        ("from impasto.plugins import register\nfrom impasto.backbones.backbone import Backbone\n"
         "@register.backbone('x', '', content_layers={'a': 1}, style_layers={})\n"
         "class X(Backbone): ...", "the class of backbone 'x' must define forward, geometry, load"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_one_sentence(plugin, code, sentence):
    with pytest.raises(PluginError, match=sentence) as caught:
        impasto.load_plugin(plugin(code, "bad.py"))
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_name_belongs_to_the_first_plugin_that_registers_it(plugin):
    impasto.load_plugin(plugin())
    with pytest.raises(PluginError, match=r"init 'dark' is of the plugin '.*dark.py' \(sha256 "):
        impasto.load_plugin(plugin(file="other.py"))


def test_a_backbone_must_have_its_default_layers(plugin):
    code = (EXAMPLES / "random_network.py").read_text().replace('{"relu2_1": 1},', '{"x": 1},')
    with pytest.raises(PluginError, match="backbone 'random' must have minimum_side, and layers w"):
        impasto.load_plugin(plugin(code))


def test_a_file_that_fails_leaves_everything_as_it_was(plugin):
    path = plugin()
    kept = impasto.load_plugin(path)
    code = (EXAMPLES / "momentum.py").read_text()
    plugin(f"{code}\n{path.read_text()}\n1 / 0")
    with pytest.raises(PluginError, match=r"ZeroDivisionError"):
        impasto.load_plugin(path)
    assert owner("init", "dark") == kept
    assert "momentum" not in {**OPTIMIZERS, **LEARNING_RATES}


def test_a_file_that_is_not_there_or_none_is_one_sentence(tmp_path):
    with pytest.raises(PluginError, match=r"there is no plugin '.*x.py': check its path"):
        impasto.load_plugin(tmp_path / "x.py")
    with pytest.raises(PluginError, match=r"cannot be read \(.*\): give a Python file"):
        impasto.load_plugin(tmp_path)


def test_debugging_lets_the_failure_through(plugin, monkeypatch):
    monkeypatch.setenv("IMPASTO_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        impasto.load_plugin(plugin("1 / 0"))


def test_a_program_may_register_by_itself_and_again():
    code = START.format(name="dark", summary="", factor=0.5)
    for _ in range(2):  # as when a cell of a notebook is run again
        exec(compile(code, "cell", "exec"), {"__name__": "notebook"})
    assert owner("init", "dark") == Plugin("notebook", None, "")
    with pytest.raises(PluginError, match="init 'dark' is of the plugin 'notebook' already"):
        exec(compile(code, "cell", "exec"), {"__name__": "another"})

    @register.init("light", "a lighter content")
    def light(content, styles, generator):
        return content

    here = owner("init", "light")
    assert here is not None
    assert here.path == str(Path(__file__).resolve())


EVERYTHING_ELSE = """\
import numpy as np
from impasto.normalization import Normalization, inverse_energy
from impasto.objective.guidance import simple
from impasto.plugins import register
from impasto.registry import Variation

register.tv("cubed", Variation(3, False, "cubes of the differences"))
register.normalization("double", Normalization(
    "twice relative", content=lambda t: 2 * inverse_energy(t), style=inverse_energy,
    content_weight=1.0, style_weight=50.0,
))
register.color_match("mean", "the mean alone")(
    lambda style, content: lambda colors: colors - style.colors.mean(0) + content.colors.mean(0)
)
register.finish("half", "half of the photograph")(lambda picture, content: (picture + content) / 2)
register.mask_spread("plain", "as simple")(simple)
"""


def test_every_other_table_takes_rows_too(plugin, photograph, painting):
    impasto.load_plugin(plugin(EVERYTHING_ELSE))
    chosen = {"tv": "cubed", "normalization": "double", "finish": "half", "color": "content",
              "color_match": "mean", "mask_spread": "plain"}  # fmt: skip
    mask = torch.ones(48, 64).numpy()
    painted = impasto.stylize(
        photograph, painting, size=32, iterations=2, content_mask=mask, style_mask=None, **chosen
    )
    assert painted.settings.style_weight == 50


ARCHITECTURE = """\
from impasto.backbones import Architecture
from impasto.backbones.vgg import vgg
from impasto.plugins import register

register.architecture("tiny", Architecture.of(
    "Tiny", "one convolution", vgg([1]), content=(("relu1_1", 1.0),), style=(("relu1_1", 1.0),),
    conventions={"torchvision": "torchvision"},
))
"""


def test_a_table_of_stages_needs_no_class_but_weights(plugin, tmp_path, monkeypatch):
    monkeypatch.setenv("IMPASTO_CACHE", str(tmp_path))
    impasto.load_plugin(plugin(ARCHITECTURE))
    assert Settings(backbone="tiny").completed().style_layers == (("relu1_1", 1.0),)
    with pytest.raises(WeightsError, match="weights of 'tiny' are not here: give a file with --we"):
        load_backbone("tiny", layers=["relu1_1"])
    file = tmp_path / "tiny.pth"
    draw = torch.Generator().manual_seed(1)
    torch.save(
        {"features.0.weight": torch.randn(64, 3, 3, 3, generator=draw) / 3,
         "features.0.bias": torch.zeros(64)}, file,
    )  # fmt: skip
    network = load_backbone("tiny", layers=["relu1_1"], weights=file)
    assert network(torch.rand(1, 3, 8, 8), ["relu1_1"])["relu1_1"].shape == (1, 64, 8, 8)


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A function that installs a package with a plugin, as pip would."""
    folder = tmp_path / "site"
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setattr(loading, "_asked", False)

    def install(code):
        about = folder / "impasto_dark-1.2.dist-info"
        about.mkdir(parents=True)
        (folder / "impasto_dark.py").write_text(code)
        (about / "METADATA").write_text("Metadata-Version: 2.1\nName: impasto-dark\nVersion: 1.2\n")
        (about / "entry_points.txt").write_text("[impasto.plugins]\ndark = impasto_dark\n")
        return folder / "impasto_dark.py"

    yield install
    sys.modules.pop("impasto_dark", None)


def test_an_installed_plugin_is_imported_when_its_name_is_needed(installed):
    file = installed(START.format(name="dark", summary="", factor=0.5))
    Settings(style_loss="gram", init="content", backbone="pocket")
    assert "impasto_dark" not in sys.modules
    with pytest.raises(UnknownName):
        Settings(style_loss="darc", backbone="pocket")
    assert Settings(init="dark", backbone="pocket").init == "dark"
    found = owner("init", "dark")
    assert found is not None
    assert (found.name, found.distribution) == ("dark", "impasto-dark 1.2")
    assert (found.path, found.sha256) == (str(file), hashlib.sha256(file.read_bytes()).hexdigest())


def test_a_module_that_was_imported_before_is_of_its_package(installed):
    installed(START.format(name="dark", summary="", factor=0.5))
    import impasto_dark  # noqa: F401

    assert owner("init", "dark").distribution is None
    loading.load_installed()
    assert owner("init", "dark").distribution == "impasto-dark 1.2"


def test_an_installed_plugin_that_fails_is_named_with_its_package(installed):
    installed("1 / 0")
    for _ in range(2):
        with pytest.raises(PluginError, match=r"'dark' of 'impasto-dark 1\.2' cannot be load"):
            Settings(style_loss="darc", backbone="pocket")


def test_who_has_no_plugin_does_not_wait_for_any():
    """Neither is all metadata read for ``--help``, nor the package of plugins imported."""
    for words, spared in ((["--help"], "impasto.plugins"), (["paint", "-h"], "importlib.metadata")):
        code = (
            f"import sys; from impasto.cli import cli\ntry: cli.main({words})\n"
            f"except SystemExit: pass\nsys.exit('{spared}' in sys.modules)"
        )
        done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)
        assert done.returncode == 0, words


def test_every_example_registers_what_its_table_needs():
    for path in sorted(EXAMPLES.glob("*.py")):
        impasto.load_plugin(path)
    assert STYLE_LOSSES["skew"].load().additive
    assert LEARNING_RATES["momentum"] == 0.02
