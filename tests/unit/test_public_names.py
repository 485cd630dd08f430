import subprocess
import sys

import pytest

import impasto
from impasto.errors import UnknownName, did_you_mean, import_row, look_up
from impasto.registry import INITIALIZERS, OPTIMIZERS, STYLE_LOSSES


def test_public_names_are_sorted_and_exist():
    assert impasto.__all__ == sorted(impasto.__all__)
    for name in impasto.__all__:
        assert getattr(impasto, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'stylise'"):
        impasto.stylise  # noqa: B018


@pytest.mark.parametrize("module", ["impasto", "impasto.cli", "impasto.samples"])
def test_importing_needs_no_torch(module):
    code = f"import sys, {module}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_help_needs_no_torch_nor_rich():
    code = (
        "import sys; from impasto.cli import cli\n"
        "try: cli.main(['paint', '--help'])\n"
        "except SystemExit: pass\n"
        "sys.exit(any(name in sys.modules for name in ('torch', 'rich', 'pyvips', 'PIL')))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "--style-weight" in done.stdout


def test_every_row_of_every_table_can_be_imported():
    for table in (STYLE_LOSSES, OPTIMIZERS, INITIALIZERS):
        for name, row in table.items():
            assert callable(row.load()), name
            assert row.summary


def test_an_unknown_name_lists_all_and_suggests_the_nearest():
    table = {"lbfgs": 1, "adam": 2}
    with pytest.raises(UnknownName) as caught:
        look_up(table, "lbfsg", "optimizer")
    expected = "unknown optimizer 'lbfsg': did you mean 'lbfgs'? It must be one of lbfgs, adam."
    assert str(caught.value) == expected
    assert did_you_mean("something else", table) == ""
    assert import_row("impasto.errors:look_up") is look_up
