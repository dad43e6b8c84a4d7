"""One side of a comparison, in a process of its own: builds what is timed, times it, and prints what it found.

``tests.benchmarks.processes`` starts it, with the order as JSON. It stops with an error if it has imported the library
of another side.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from attrs import frozen

__all__ = ["LIBRARIES", "ROOT", "Work", "measure"]

ROOT = Path(__file__).parents[2]
LIBRARIES = ("nnframe", "numba", "torch", "jax", "sklearn", "thinc")
"""What a side is about; each may be imported only where it belongs."""
BLOCK = 1e-3
"""Seconds between two readings of the clock, at least."""


def no_facts() -> dict[str, Any]:
    """Nothing else to tell."""
    return {}


@frozen(eq=False)
class Work:
    """What a side times.

    Attributes:
        call: The function.
        steps: How many steps one call makes; less than one where a call is a part of a step.
        warmups: Calls before, in which things are compiled and loaded.
        facts: Called after the timing: what else there is to tell, of JSON's types.
    """

    call: Callable[[], object]
    steps: float = 1.0
    warmups: int = 2
    facts: Callable[[], dict[str, Any]] = no_facts


def measure(work: Work, seconds: float, clock: Callable[[], float] = time.perf_counter) -> dict[str, float]:
    """Return the least seconds of a step, and the threads that worked: the processor's time over the clock's.

    Args:
        work: What is timed.
        seconds: How long to go on; there is one call at least.
        clock: The clock on the wall, or that of the processor.

    >>> measure(Work(lambda: time.sleep(0.01), steps=10), 0.03)["seconds"] >= 0.001
    True
    """
    calls = _warm_up(work)
    best, began, processor = float("inf"), time.perf_counter(), _processor_time()
    while best == float("inf") or time.perf_counter() < began + seconds:
        started = clock()
        for _ in range(calls):
            work.call()
        best = min(best, (clock() - started) / calls)
    threads = (_processor_time() - processor) / (time.perf_counter() - began)
    return {"seconds": best / work.steps, "threads": threads}


def _warm_up(work: Work) -> int:
    """Return how many calls lie between two readings of the clock; one where nothing may be called before."""
    started = -float("inf")
    for _ in range(work.warmups):
        started = time.perf_counter()
        work.call()
    return max(1, int(BLOCK / max(time.perf_counter() - started, 1e-9)))


def _processor_time() -> float:
    """Seconds of the processor that this process and those that it waited for have used."""
    return sum(os.times()[:4])


def _most_memory() -> float:
    """The largest resident size of this process, in MiB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 2**10)


def _import_nnframe(tree: str) -> None:
    """Import nnframe from another tree; its plugins are in PYTHONPATH, and the benchmarks come from this one."""
    sys.path.insert(0, tree)
    nnframe = importlib.import_module("nnframe")
    sys.path.remove(tree)
    assert Path(nnframe.__file__ or "").is_relative_to(tree), f"nnframe came from {nnframe.__file__}, not from {tree}"


def main() -> None:
    """Do what the order says: each of its rows, one after the other."""
    order: dict[str, Any] = json.loads(sys.argv[1])
    if hasattr(os, "sched_setaffinity"):  # JAX's pool is as large as the processors that it may use
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: order["threads"]])
    if order["tree"]:
        _import_nnframe(order["tree"])
    clock = time.process_time if order["threads"] == 1 else time.perf_counter
    for build, arguments in order["rows"]:
        module, _, function = build.partition(":")
        work = getattr(importlib.import_module(module), function)(*arguments)
        found: dict[str, Any] = measure(work, order["seconds"], clock)
        libraries = [name for name in LIBRARIES if name in sys.modules]
        strangers = set(libraries) - set(order["libraries"])
        assert not strangers, f"a side of {order['libraries']} imported {sorted(strangers)}"
        found |= {"memory": _most_memory(), "process": os.getpid(), "libraries": libraries, "facts": work.facts()}
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
