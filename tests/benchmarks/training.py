"""A step of training, by nnframe and by its peers: time, memory, and how both grow.

    python -m tests.benchmarks.training                  the table of times, microseconds a step
    python -m tests.benchmarks.training --compile        with torch.compile, which takes minutes to compile
    python -m tests.benchmarks.training --memory         the largest resident size of a process for each
    python -m tests.benchmarks.training --growth PNG     time over batch and over parameters, with a plot

Each trainer in a process of its own, in turn, two threads each. Peers that are not installed are left out. The targets:
against torch at least 5 times faster on XOR, 3 on digits, 1.3 on both convolutional networks, and ahead of JAX in every
row; at most 1.15 (SGD) and 1.30 (Adam) times the products alone on 784-512-256-10.
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
from tests.benchmarks.processes import ROUNDS, Timing, measure, run_in_turn  # noqa: E402
from tests.benchmarks.trainers import TRAINERS, fitting  # noqa: E402

MODULES = {"torch": "torch", "torch.compile": "torch", "JAX jit": "jax", "scikit-learn": "sklearn", "Thinc": "thinc"}


def installed(case: Case, compiled: bool = False) -> list[str]:
    """The trainers that this machine has for a case."""
    names = [name for name in fitting(case) if find_spec(MODULES.get(name, "numpy")) is not None]
    return [name for name in names if compiled or name != "torch.compile"]


def times(compiled: bool, rounds: int, only: str, names: list[str]) -> None:
    """Print the table of times: least and median of the rounds, how many times nnframe's, and the threads at work."""
    for adam in (False, True):
        print(
            f"\n{'Adam' if adam else 'SGD'}, microseconds a step, least / median (times nnframe's median; threads):\n"
        )
        columns = [name for name in TRAINERS if (compiled or name != "torch.compile") and (not names or name in names)]
        print("| case | " + " | ".join(columns) + " |\n|" + "---|" * (len(columns) + 1))
        for index, case in enumerate(CASES):
            if only in case.name:
                sides = {
                    name: ("tests.benchmarks.training", "--side", name, str(index), str(int(adam)))
                    for name in installed(case, compiled)
                    if name in columns
                }
                found = run_in_turn(sides, rounds)
                print(f"| {case.name} | " + " | ".join(_cell(found, name) for name in columns) + " |", flush=True)


def _cell(found: Mapping[str, Timing], name: str) -> str:
    if name not in found:
        return ""
    timing = found[name]
    ratio = "" if name == "nnframe" else f"{timing.median / found['nnframe'].median:.2f}; "
    return f"{timing.least * 1e6:,.0f} / {timing.median * 1e6:,.0f} ({ratio}{timing.threads:.1f})"


def side(name: str, index: int, adam: bool) -> None:
    """Train in this process, and print the seconds of a step."""
    if name.startswith("torch"):
        import torch

        torch.set_num_threads(2)
    case = CASES[index]
    epoch = TRAINERS[name](case, adam)
    for _ in range(3):
        epoch()
    measure(epoch, calls=case.steps * case.epochs, seconds=1.5)


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
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--names", nargs="*", default=[], help="only these trainers; nnframe must be among them")
    parser.add_argument("--only", default="")
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--growth", metavar="PNG")
    parser.add_argument("--worker", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--side", nargs=3, help=argparse.SUPPRESS)
    given: Any = parser.parse_args()
    if given.side:
        side(given.side[0], int(given.side[1]), given.side[2] == "1")
    elif given.worker:
        worker(given.worker[0], int(given.worker[1]))
    elif given.memory:
        memory()
    elif given.growth:
        growth(given.growth)
    else:
        times(given.compile, given.rounds, given.only, given.names)


if __name__ == "__main__":
    main()
