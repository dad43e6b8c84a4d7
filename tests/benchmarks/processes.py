"""Times the sides of a comparison, each in a process of its own, in turn.

In one process the waiting threads of one side's pools slow the other down: torch's convolutions took up to twice their
time beside OpenBLAS's threads. So a side is a command that times itself and prints what it found.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence

from attrs import frozen

__all__ = ["ROUNDS", "Timing", "measure", "run_in_turn"]

ROUNDS = 4


@frozen
class Timing:
    """The time of one side.

    Attributes:
        seconds: Of each round.
        threads: How many threads really worked: the processor's time over the clock's.

    >>> Timing((2.0, 1.0, 3.0), 1.5).least, Timing((2.0, 1.0, 3.0), 1.5).median
    (1.0, 2.0)
    """

    seconds: tuple[float, ...]
    threads: float

    @property
    def least(self) -> float:
        """The quickest round."""
        return min(self.seconds)

    @property
    def median(self) -> float:
        """The round in the middle."""
        return statistics.median(self.seconds)


def measure(call: Callable[[], object], *, calls: int = 1, seconds: float = 1.0) -> None:
    """Call a function for some seconds, and print the least seconds of one call as a side does.

    Args:
        call: What is timed; it has been called before, so that nothing is compiled or loaded meanwhile.
        calls: How many steps one call makes.
        seconds: How long to go on.
    """
    best, ended = float("inf"), time.perf_counter() + seconds
    processor, clock = time.process_time(), time.perf_counter()
    while time.perf_counter() < ended:
        began = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - began)
    threads = (time.process_time() - processor) / (time.perf_counter() - clock)
    print(json.dumps({"seconds": best / calls, "threads": threads}))


def run_in_turn(sides: Mapping[str, Sequence[str]], rounds: int = ROUNDS) -> dict[str, Timing]:
    """Run the sides in turn, each as ``python -m`` with these arguments.

    Args:
        sides: The module and its arguments, which end in ``measure``, by name.
        rounds: How often each is run.
    """
    found: dict[str, list[dict[str, float]]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, arguments in sides.items():
            command = [sys.executable, "-m", *arguments]
            output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            found[name].append(json.loads(output.splitlines()[-1]))
    return {
        name: Timing(tuple(each["seconds"] for each in several), statistics.median(each["threads"] for each in several))
        for name, several in found.items()
    }
