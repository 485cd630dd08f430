"""The fixed words of benchmarks/results/README.md, around the tables."""

FRAME = """\
# All measurements

This page is written by `make bench` from the files beside it. What they mean, and how they are
measured: [performance](../../docs/performance.md). A part that has no full result shows its quick
one, and says so.

## Machine

{machine}
## Goals

{goals}"""
