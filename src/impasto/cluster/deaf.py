"""Loaded by worker processes of this machine: Ctrl-C is for who has hired them.

A terminal sends it to all processes at once. The one that has started them ends the work, keeps
what is finished, and ends them.
"""

import signal

signal.signal(signal.SIGINT, signal.SIG_IGN)
