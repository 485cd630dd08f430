"""What a shell asks the command for."""

import os
import subprocess
import sys

import pytest


def ask(**environment: str) -> str:
    command = "import sys; sys.argv = ['impasto']; from impasto.__main__ import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", command],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_a_shell_gets_its_script(shell):
    assert "_IMPASTO_COMPLETE" in ask(_IMPASTO_COMPLETE=f"{shell}_source")


def test_options_are_completed():
    words = {"COMP_WORDS": "impasto paint --style-w", "COMP_CWORD": "2"}
    assert ask(_IMPASTO_COMPLETE="bash_complete", **words) == "plain,--style-weight\n"
