"""When the program looks for garbage; all of a process is changed, so another one is asked."""

import json
import subprocess
import sys

LOOKS = """
import gc, json
from impasto.machine import spare_the_start
usual = gc.get_threshold()
gc.collect()
spare_the_start()
spare_the_start()  # changes nothing more
phases = []
gc.callbacks.append(lambda phase, info: phases.append(phase))  # as Dask does
started = gc.get_stats()
kept = [[] for _ in range(300_000)]
meanwhile = gc.get_stats()
kept += [[] for _ in range(200_000)]
print(json.dumps({
    "looks in the beginning": sum(s["collections"] for s in meanwhile)
        - sum(s["collections"] for s in started),
    "as ever": gc.get_threshold() == usual,
    "others are called": len(phases) > 2 and phases.count("start") == phases.count("stop"),
    "frozen": gc.get_freeze_count(),
}))
"""


def outcome(code: str) -> dict[str, object]:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_what_a_start_makes_is_looked_through_once():
    found = outcome(LOOKS)
    assert found["looks in the beginning"] == 0
    assert found["as ever"]
    assert found["others are called"]
    assert found["frozen"] > 300_000


def test_a_process_without_garbage_collection_is_left_alone():
    code = (
        "import gc, json; gc.disable(); from impasto.machine import spare_the_start; "
        "usual = gc.get_threshold(); spare_the_start(); "
        "print(json.dumps({'same': gc.get_threshold() == usual and not gc.callbacks}))"
    )
    assert outcome(code)["same"]
