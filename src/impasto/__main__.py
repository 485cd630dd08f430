"""Run the command line, and turn every failure into one sentence and an exit code."""

from __future__ import annotations

import atexit
import os
import sys
from typing import TYPE_CHECKING, NoReturn

from impasto.errors import ImpastoError, explain
from impasto.interruption import INTERRUPTION, complain
from impasto.machine import keep_freed_memory, spare_the_start
from impasto.streams import prepare_streams

if TYPE_CHECKING:
    import click


def program() -> NoReturn:
    """Be the process ``impasto``: run `main`, and end without delay.

    Python takes its objects apart one by one at the end, which for those of torch takes a quarter
    of a second. So once all threads have come to their end, and what was registered for the end
    of the process is done, it leaves.
    """
    spare_the_start()
    codes: list[int] = []
    atexit.register(leave, codes)  # what is registered first comes last
    try:
        main()
    except SystemExit as ended:
        if isinstance(ended.code, int):
            codes.append(ended.code)
        raise


def leave(codes: list[int]) -> None:
    """End the process with a code, if there is one and all that was said can be written."""
    if codes:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(codes[0])


def main() -> NoReturn:
    """Run ``impasto`` with the arguments of the process and exit.

    Exit codes: 0 done, 1 failed, 2 bad input; 130, 143 and 129 after Ctrl-C, a request to end, and
    the end of the terminal (the picture so far is kept).
    """
    prepare_streams()
    INTERRUPTION.listen()
    keep_freed_memory()
    import click  # these take a moment, in which Ctrl-C may come

    try:
        from impasto.cli import cli

        cli.main(prog_name="impasto", standalone_mode=False)
    except click.Abort:
        complain("impasto: interrupted")
        sys.exit(128 + (INTERRUPTION.came or 2))
    except click.ClickException as error:
        complain(f"impasto: {said(error)}")
        sys.exit(error.exit_code)
    except ImpastoError as error:
        complain(f"impasto: {error}")
        sys.exit(error.exit_code)
    except Exception as error:
        if os.environ.get("IMPASTO_DEBUG"):
            raise
        complain(f"impasto: {explain(error)}")
        sys.exit(1)
    sys.exit(0)


def said(error: click.ClickException) -> str:
    """Return the sentence about arguments that make no command."""
    import click

    if isinstance(error, click.NoSuchOption) and error.option_name == "--plugin":
        return "--plugin stands before the command, as in impasto --plugin FILE paint."
    return error.format_message()


if __name__ == "__main__":
    program()
