"""Many paintings at once: products of settings, and the figures of the paper.

axes.py      NAME=a,b,c  ->  the cells of a sweep
figures.py   the figures of the paper, as sweeps
cells.py     Sweep, Axis, Cell, CellResult
running.py   paint the cells
judging.py   measure them, by a network that did not paint
store.py     their files, and which of them exist
command.py   the command that paints a cell again
"""
