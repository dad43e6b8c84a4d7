"""A step of training, by nnframe and by its peers: time, memory, and how time grows.

    python -m tests.benchmarks.training                  the tables of times, microseconds a step
    python -m tests.benchmarks.training --compile        with torch.compile, which takes minutes to compile
    python -m tests.benchmarks.training --memory         the largest resident size of a process for each, with Adam
    python -m tests.benchmarks.training --growth PNG     time over batch and over parameters, with a plot

Each trainer in a process of its own, in turn, two threads each. The targets: against torch at least 5 times faster on
XOR, 3 on digits, 1.3 on both convolutional networks, 1 on the others, and ahead of JAX in every row; at most 1.15 (SGD)
and 1.30 (Adam) times the products alone on 784-512-256-10.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from tests.benchmarks.cases import CASES, Case, dense
from tests.benchmarks.processes import Side, run_in_turn
from tests.benchmarks.side import Work
from tests.benchmarks.tables import MEBIBYTES, MICROSECONDS, Row, compare, make_parser, print_machine
from tests.benchmarks.trainers import TRAINERS, build_side, build_trainer, find_fitting


def make_rows(adam: bool, names: Sequence[str]) -> list[Row]:
    """The cases, with the trainers of these names that have them."""
    return [
        Row(case.name, {name: build_side(name, case, adam) for name in find_fitting(case) if name in names})
        for case in CASES
    ]


def print_growth(path: str, options: argparse.Namespace) -> None:
    """Print and plot seconds a step over batch and over parameters, beside a line that grows as much."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    batches, widths = [2**power for power in range(5, 13)], [2**power for power in range(6, 12)]
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.5), layout="constrained")
    series = {
        "examples in a batch": [((256, 256, 10), batch, 2**12 // batch) for batch in batches],
        "parameters": [((width, width, 10), 64, 8) for width in widths],
    }
    for axis, (label, shapes) in zip(axes, series.items(), strict=True):
        rows = [{"nnframe": Side("tests.benchmarks.training:build_growing", shape)} for shape in shapes]
        measured = run_in_turn(rows, rounds=options.rounds, seconds=options.seconds, threads=options.threads)
        taken = [each["nnframe"].median * 1e6 for each in measured]
        sizes = batches if label != "parameters" else [_count(*sizes) for sizes, _, _ in shapes]
        for size, each in zip(sizes, taken, strict=True):
            print(f"{label}: {size:>9,.0f}  {each:>9,.0f} µs a step", flush=True)
        exponent = float(np.polyfit(np.log(sizes[-4:]), np.log(taken[-4:]), 1)[0])
        print(f"{label}: over the last four, time grows with the power {exponent:.2f}\n")
        axis.loglog(sizes, taken, "o-", label="nnframe")
        axis.loglog(sizes, [taken[-1] * each / sizes[-1] for each in sizes], ":", label="linear")
        axis.set(xlabel=label, ylabel="microseconds a step")
        axis.legend()
    figure.savefig(path, dpi=120)


def build_growing(sizes: tuple[int, ...], batch: int, steps: int) -> Work:
    """Return nnframe's epochs of a dense network."""
    case = Case("growing", dense(tuple(sizes[1:])), tuple(sizes[:1]), batch, steps)
    return Work(build_trainer("nnframe", case, False), steps=steps)


def _count(*sizes: int) -> int:
    """Count the parameters of a dense network."""
    return sum((before + 1) * after for before, after in pairwise(sizes))


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, and print what it asks for."""
    parser = make_parser(__doc__, seconds=1.5)
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--names", nargs="+", choices=TRAINERS, help="only these trainers")
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--growth", metavar="PNG")
    options = parser.parse_args(arguments)
    print_machine(options)
    names = options.names or [name for name in TRAINERS if options.compile or name != "torch.compile"]
    if options.growth and (options.before or options.only):
        parser.error("--growth is of nnframe alone, and takes neither --before nor --only")
    if options.growth:
        print_growth(options.growth, options)
    elif options.memory:
        options.seconds = 0.0
        compare(make_rows(True, names), options, MEBIBYTES)
    else:
        for adam in (False, True):
            print(f"{'Adam' if adam else 'Plain SGD'}, a step:\n")
            compare(make_rows(adam, names), options, MICROSECONDS)
            print()


if __name__ == "__main__":
    main()
