"""Signals while loops are compiled: ``python -m tests.campaigns.cold_signals COUNT SEED``.

Each signal has a process of its own, which compiles anew, is interrupted once during its first training, and trains
again. Prints a line of JSON.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from random import Random

from tests.campaigns.signals import KINDS, Alarm, Compiled, interrupt

LONGEST = 5.0


def main(count: int, seed: int) -> None:
    outcomes, wrong = Counter[str](), []
    for number in range(count if find_spec("numba") else 0):
        with tempfile.TemporaryDirectory() as cache:
            command = [sys.executable, "-W", "ignore", "-m", "tests.campaigns.cold_signals", "once", f"{seed} {number}"]
            environment = {**os.environ, "NUMBA_CACHE_DIR": cache}
            result = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        said = result.stdout.strip()
        outcomes["met compilation" if said == "met" else "too late" if said == "late" else "wrong"] += 1
        if said not in ("met", "late"):
            wrong.append(f"signal {number}: {said or result.stderr[-300:]}")
    print(json.dumps({"outcomes": outcomes or {"numba is not installed": count}, "wrong": wrong}))


def once(seed: str) -> None:
    """Interrupt the first training of this process, then train again; says what is wrong, or whether it was met."""
    chance, alarm = Random(seed), Alarm()
    alarm.kind = chance.choice(KINDS)
    signal.signal(signal.SIGALRM, alarm)
    with tempfile.TemporaryDirectory() as folder:
        scenario = Compiled(Path(folder))
        fault = interrupt(scenario.act, chance.uniform(0, LONGEST), alarm)
        met = alarm.raised is not None
        signal.signal(signal.SIGALRM, signal.SIG_IGN)
        scenario.act()
        print(fault or scenario.check() or ("met" if met else "late"))


if __name__ == "__main__":
    if sys.argv[1] == "once":
        once(sys.argv[2])
    else:
        main(int(sys.argv[1]), int(sys.argv[2]))
