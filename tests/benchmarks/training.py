"""A step of training, by nnframe and by its peers: time, memory, and how both grow.

    python -m tests.benchmarks.training                  the table of times, microseconds a step
    python -m tests.benchmarks.training --compile        with torch.compile, which takes minutes to compile
    python -m tests.benchmarks.training --memory         the largest resident size of a process for each
    python -m tests.benchmarks.training --growth PNG     time over batch and over parameters, with a plot

Two threads each. Peers that are not installed are left out. The targets: against torch at least 5 times faster on XOR,
3 on digits, 1.15 on 784-512-256-10, 1.5 on convolutions; at most 1.35 times the products alone on 784-512-256-10.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "2")

import numpy as np  # noqa: E402

from tests.benchmarks.cases import CASES, Case  # noqa: E402
from tests.benchmarks.trainers import TRAINERS, fitting  # noqa: E402

MODULES = {"torch": "torch", "torch.compile": "torch", "JAX jit": "jax", "scikit-learn": "sklearn", "Thinc": "thinc"}


def installed(case: Case, compiled: bool = False) -> list[str]:
    """The trainers that this machine has for a case."""
    names = [name for name in fitting(case) if find_spec(MODULES.get(name, "numpy")) is not None]
    return [name for name in names if compiled or name != "torch.compile"]


def microseconds(case: Case, names: list[str], adam: bool, rounds: int) -> dict[str, tuple[float, float]]:
    """Return the best microseconds a step of each trainer, called in turn, and its loss after the first epoch."""
    if find_spec("torch"):
        import torch

        torch.set_num_threads(2)
    epochs = {name: TRAINERS[name](case, adam) for name in names}
    losses = {name: epoch() for name, epoch in epochs.items()}
    best = dict.fromkeys(names, float("inf"))
    for _ in range(rounds):
        for name, epoch in epochs.items():
            began = time.perf_counter()
            epoch()
            best[name] = min(best[name], (time.perf_counter() - began) / (case.steps * case.epochs))
    return {name: (best[name] * 1e6, losses[name]) for name in names}


def times(compiled: bool, rounds: int, only: str) -> None:
    """Print the table of times."""
    for adam in (False, True):
        print(f"\n{'Adam' if adam else 'SGD'}, microseconds a step (times nnframe's):\n")
        columns = [name for name in TRAINERS if compiled or name != "torch.compile"]
        print("| case | " + " | ".join(columns) + " |\n|" + "---|" * (len(columns) + 1))
        for case in CASES:
            if only in case.name:
                found = microseconds(case, installed(case, compiled), adam, rounds)
                print(f"| {case.name} | " + " | ".join(_cell(found, name) for name in columns) + " |", flush=True)


def _cell(found: Mapping[str, tuple[float, float]], name: str) -> str:
    if name not in found:
        return ""
    taken, own = found[name][0], found["nnframe"][0]
    return f"{taken:,.0f}" if name == "nnframe" else f"{taken:,.0f} ({taken / own:.2f})"


def memory() -> None:
    """Print the largest resident size of a process that trains with Adam."""
    print("| case | " + " | ".join(("nnframe", "torch")) + " |\n|---|---|---|")
    for index, case in enumerate(CASES):
        found = []
        for name in ("nnframe", "torch"):
            command = [sys.executable, "-m", "tests.benchmarks.training", "--worker", name, str(index)]
            found.append(float(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
        print(f"| {case.name} | " + " | ".join(f"{each:.1f} MiB" for each in found) + " |", flush=True)


def worker(name: str, index: int) -> None:
    """Train in this process; print the most MiB that it had resident, imports and data included."""
    if name == "torch":
        import torch

        torch.set_num_threads(2)
    epoch = TRAINERS[name](CASES[index], True)
    for _ in range(3):
        epoch()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def growth(path: str) -> None:
    """Print and plot seconds a step over batch and over parameters, beside a line that grows as much."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    batches = {2**power: Case("batch", (256, 256, 10), 2**power, 2 ** (12 - power)) for power in range(5, 13)}
    widths = {2**power: Case("width", (2**power, 2**power, 10), 64, 8) for power in range(6, 12)}
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.5), layout="constrained")
    for axis, cases, label in zip(axes, (batches, widths), ("examples in a batch", "parameters"), strict=True):
        sizes: list[float] = []
        taken: list[float] = []
        for size, case in cases.items():
            parameters = sum(each.size for each in case.weights)
            sizes.append(size if cases is batches else parameters)
            taken.append(_seconds(case))
            print(f"{label}: {sizes[-1]:>9,.0f}  {taken[-1] * 1e6:>9,.0f} µs a step", flush=True)
        exponent = float(np.polyfit(np.log(sizes[-4:]), np.log(taken[-4:]), 1)[0])
        print(f"{label}: over the last four, time grows with the power {exponent:.2f}\n")
        axis.loglog(sizes, [each * 1e6 for each in taken], "o-", label="nnframe")
        axis.loglog(sizes, [taken[-1] * 1e6 * each / sizes[-1] for each in sizes], ":", label="linear")
        axis.set(xlabel=label, ylabel="microseconds a step")
        axis.legend()
    figure.savefig(path, dpi=120)


def _seconds(case: Case) -> float:
    epoch = TRAINERS["nnframe"](case, False)
    epoch()
    best = float("inf")
    for _ in range(7):
        began = time.perf_counter()
        epoch()
        best = min(best, time.perf_counter() - began)
    return best / (case.steps * case.epochs)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", default="")
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--growth", metavar="PNG")
    parser.add_argument("--worker", nargs=2, help=argparse.SUPPRESS)
    given: Any = parser.parse_args()
    if given.worker:
        worker(given.worker[0], int(given.worker[1]))
    elif given.memory:
        memory()
    elif given.growth:
        growth(given.growth)
    else:
        times(given.compile, given.rounds, given.only)


if __name__ == "__main__":
    main()
