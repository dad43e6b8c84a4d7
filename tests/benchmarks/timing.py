"""Times functions in turn, so that a machine whose speed drifts is fair to all of them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping

__all__ = ["best_in_turn", "in_turn"]


def in_turn(
    functions: Mapping[str, Callable[[], object]], *, rounds: int = 15, seconds: float = 0.05
) -> dict[str, float]:
    """Return the median seconds of one call of each function, from rounds in which each is called in turn.

    Args:
        functions: By name.
        rounds: How many rounds; the first is not counted.
        seconds: About how long each function is called in a round.
    """
    counts = {}
    for name, function in functions.items():
        function()
        began = time.perf_counter()
        function()
        counts[name] = max(1, int(seconds / max(time.perf_counter() - began, 1e-7)))
    found: dict[str, list[float]] = {name: [] for name in functions}
    for _ in range(rounds + 1):
        for name, function in functions.items():
            began = time.perf_counter()
            for _ in range(counts[name]):
                function()
            found[name].append((time.perf_counter() - began) / counts[name])
    return {name: statistics.median(times[1:]) for name, times in found.items()}


def best_in_turn(
    functions: Mapping[str, Callable[[], object]], *, rounds: int = 1500, calls: int = 20
) -> dict[str, float]:
    """Return the least seconds of one call of each function, over many short rounds in turn.

    What differs by microseconds is lost in a median, on a machine that others use too; what nobody disturbed is not.
    """
    best = dict.fromkeys(functions, float("inf"))
    for _ in range(rounds):
        for name, function in functions.items():
            began = time.perf_counter()
            for _ in range(calls):
                function()
            best[name] = min(best[name], (time.perf_counter() - began) / calls)
    return best
