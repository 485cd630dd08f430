"""What the server of processes imports: all that a command needs, and nothing computes."""

# ruff: noqa: F401

import contextlib

import impasto.backbones.weights
import impasto.cli.display
import impasto.cli.work
import impasto.evaluation
import impasto.job
import impasto.run
import impasto.studio.store
import impasto.sweeps
import tests.torture.parts

with contextlib.suppress(ImportError):  # an extra
    import matplotlib.figure
