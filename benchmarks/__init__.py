"""What `make bench` runs: speed, convergence and memory, against a floor and against others.

    __main__.py   the command line          runner.py   parts one after another, each resumable
    child.py      one measurement in a process of its own
    parts.py      the table of parts        report.py   results/README.md from the results
    machine.py    where it was measured     timing.py   repetitions, median, quartiles, peak memory
    network.py    the weights and pictures that both sides use
    baselines.py  neural-style-pt and Gatys's recipe, from their formulas     ours.py   Impasto
    convergence.py  when one is as good as the other

Every other module is a part: `run` measures it, `page` shows it. Parts import no torch: what needs
it happens in child processes, so that no measurement inherits anything from another.
"""
