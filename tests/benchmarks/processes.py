"""Times the sides of a comparison, each in a process of its own, in turn.

In one process the waiting threads of one side's pools slow the other down: torch's convolutions took up to twice their
time beside OpenBLAS's threads.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from tests.benchmarks.side import ROOT

__all__ = ["ROUNDS", "Measurement", "Side", "add_before", "run_in_turn"]

ROUNDS = 4
POOLS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "NNFRAME_THREADS")


@frozen
class Side:
    """One side of one row of a table.

    Attributes:
        build: ``module:function``, which is called in the side's process and returns its ``Work``.
        arguments: Of the function, of JSON's types.
        libraries: The modules that it is about: all must be installed, and of the libraries that are compared it may
            import no others; numba goes with nnframe.
        environment: Variables that are set for it.
        tree: A checkout whose nnframe and plugins it imports; by default the one that this file is in.
    """

    build: str
    arguments: tuple[Any, ...] = ()
    libraries: tuple[str, ...] = ("nnframe",)
    environment: Mapping[str, str] = field(factory=dict)
    tree: str = ""

    @property
    def installed(self) -> bool:
        """Whether this machine has what the side is about.

        >>> Side("module:function", libraries=("no_such_module",)).installed
        False
        """
        return all(find_spec(name) is not None for name in self.libraries)


@frozen
class Measurement:
    """What was found about one side, over all rounds.

    Attributes:
        seconds: The least time of a step, of each round.
        threads: How many threads really worked, of each round: the processor's time over the clock's.
        memory: The largest resident size, in MiB, of each round, imports and data included.
        processes: The process of each round.
        libraries: Which of the libraries that are compared it had imported.
        facts: What else it told, in the last round.

    """

    seconds: tuple[float, ...]
    threads: tuple[float, ...]
    memory: tuple[float, ...]
    processes: tuple[int, ...]
    libraries: frozenset[str]
    facts: Mapping[str, Any]

    @property
    def median(self) -> float:
        """The time of the round in the middle."""
        return statistics.median(self.seconds)


def add_before(sides: Mapping[str, Side], tree: str | None) -> dict[str, Side]:
    """Return the sides, and after each of nnframe's the same with the nnframe of another tree.

    >>> list(add_before({"nnframe": Side("m:f"), "torch": Side("m:g", libraries=("torch",))}, "/there"))
    ['nnframe', 'nnframe, before', 'torch']
    """
    found = {}
    for name, side in sides.items():
        found[name] = side
        if tree and "nnframe" in side.libraries:
            found[f"{name}, before"] = evolve(side, tree=tree)
    return found


def run_in_turn(
    rows: Sequence[Mapping[str, Side]], *, rounds: int = ROUNDS, seconds: float = 1.0, threads: int = 2
) -> list[dict[str, Measurement]]:
    """Run the sides in turn, each in a new process in each round; leave out what is not installed.

    Args:
        rows: The sides of each row by name; a process does the rows of its side one after the other.
        rounds: How often each side is run.
        seconds: How long each row is timed in a round.
        threads: How many each side may use; if it is one, the processor's time counts, and not the clock's.
    """
    names = dict.fromkeys(name for row in rows for name in row)
    found: list[dict[str, list[Any]]] = [{} for _ in rows]
    for _ in range(rounds):
        for name in names:
            numbers = [number for number, row in enumerate(rows) if name in row and row[name].installed]
            if numbers:
                output = _run(name, [rows[number][name] for number in numbers], seconds, threads)
                for number, line in zip(numbers, output, strict=True):
                    found[number].setdefault(name, []).append(line)
    return [{name: _gather(several) for name, several in row.items()} for row in found]


def _run(name: str, sides: Sequence[Side], seconds: float, threads: int) -> list[dict[str, Any]]:
    """Run one process, and return what it found of each row."""
    libraries, environment, tree = sides[0].libraries, sides[0].environment, sides[0].tree
    order = {
        "rows": [(each.build, each.arguments) for each in sides],
        "libraries": [*libraries, *(["numba"] if "nnframe" in libraries else [])],
        "tree": tree,
        "seconds": seconds,
        "threads": threads,
    }
    top = Path(tree or ROOT)
    paths = [top, *sorted(top.glob("plugins/*/src")), *filter(None, [os.environ.get("PYTHONPATH")])]
    variables = {**os.environ, **dict.fromkeys(POOLS, str(threads)), "PYTHONPATH": os.pathsep.join(map(str, paths))}
    command = [sys.executable, "-m", "tests.benchmarks.side", json.dumps(order)]
    done = subprocess.run(
        command, cwd=ROOT, env={**variables, **environment}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"the side {name!r} ended with {done.returncode}:\n{done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()[-len(sides) :]]


def _gather(several: Sequence[dict[str, Any]]) -> Measurement:
    return Measurement(
        **{key: tuple(each[key] for each in several) for key in ("seconds", "threads", "memory")},
        processes=tuple(each["process"] for each in several),
        libraries=frozenset(name for each in several for name in each["libraries"]),
        facts=several[-1]["facts"],
    )
