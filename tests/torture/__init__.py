"""Torture: what Impasto does with damaged files, odd settings, sudden death and full disks.

    __main__.py    python -m tests.torture: all parts, one part, or one case of it again
    parts.py       the table of parts, and how a part is tried
    imported.py    what the processes have imported when they begin
    watched.py     cases in processes of their own, which may hang or die
    mutants.py     how a sound file is damaged
    originals.py   the sound files
    readers.py     part: readers of every kind under damaged files
    drawn.py       part: settings at random
    hostile.py     part: recipes and checkpoints with wrong fields
    commands.py    the commands that are killed, and that meet a full disk
    kills.py       part: commands that are killed
    disk.py        part: commands whose disk is full
    whole.py       what may stand under a final name after that
    test_sample.py a sample of the parts that start no commands, for `make test`

Every case is drawn from a seed and its number alone, so each can be tried again by itself.
"""
