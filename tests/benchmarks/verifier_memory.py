"""The memory that a verification takes above a built model: ``python -m tests.benchmarks.verifier_memory``.

The peak of what Python and NumPy allocate while a dense layer of so many inputs and units is verified, its parameters
not counted: at most 6 times the weight and 8 MiB where it passes, 10 times and 8 MiB where it fails. Each row is a
process of its own. Every element by itself takes minutes from 1500 on.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

SIZES = (400, 700, 900, 1500, 3000)
STRATEGIES = ("every-element", "search")
BATCH = 4
PASSING, FAILING, SLACK = 6, 10, 8


def double(weight: Any) -> None:
    """Make the gradient twice as large."""
    weight *= 2


def change_one(weight: Any) -> None:
    """Make one element a tenth larger."""
    weight[7, 9] *= 1.1


FAULTS: dict[str, Callable[[Any], None] | None] = {"right": None, "twice": double, "one element": change_one}


def make_layer(size: int, fault: str) -> Any:
    """Return a dense layer whose weight has a wrong gradient."""
    from attrs import frozen

    from nnframe.layers import Dense

    change = FAULTS[fault]
    if change is None:
        return Dense(size)

    @frozen
    class Faulty(Dense):
        """A dense layer with a fault."""

        def forward(self, parameters: Any, x: Any, context: Any) -> Any:
            output, pullback = super().forward(parameters, x, context)

            def pull_wrong(upstream: Any) -> Any:
                input_gradient, gradient = pullback(upstream)
                change(gradient.weight)
                return input_gradient, gradient

            return output, pull_wrong

    return Faulty(size)


def measure(size: int, strategy: Any, fault: str) -> dict[str, Any]:
    """Return the peak in bytes, and what was said of the weight."""
    from nnframe import Model
    from nnframe.verification import GradientVerifier

    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(BATCH, size)), rng.normal(size=(BATCH, size))
    model = Model([make_layer(size, fault)], loss="mse", input_shape=(size,))
    before = model.to_vector()
    verifier = GradientVerifier(strategy=strategy)
    tracemalloc.start()
    finding = verifier.verify(model, x, y)["0.weight"]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (model.to_vector() == before).all()
    return {"peak": peak, "verdict": finding.verdict.name, "coverage": str(finding.coverage)}


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table, or measure one row of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--faults", nargs="+", choices=FAULTS, default=list(FAULTS))
    parser.add_argument("--row", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.row:
        size, strategy, fault = options.row
        print(json.dumps(measure(int(size), strategy, fault)))
        return
    print(
        "| weight | strategy | gradient | verdict | looked at | peak, times the weight | allowed |\n"
        "|---|---|---|---|---|---:|---:|"
    )
    for size in options.sizes:
        for fault in options.faults:
            for strategy in STRATEGIES:
                command = [sys.executable, "-m", __spec__.name, "--row", str(size), strategy, fault]
                text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
                print_row(size, strategy, fault, json.loads(text))


def print_row(size: int, strategy: str, fault: str, found: dict[str, Any]) -> None:
    """Print what was measured, beside what is allowed."""
    weight = 8 * size * size
    allowed = (PASSING if fault == "right" else FAILING) + SLACK * 2**20 / weight
    cells = (f"{size}²", strategy, fault, found["verdict"], found["coverage"], f"{found['peak'] / weight:.2f}")
    print(f"| {' | '.join(cells)} | {allowed:.2f} |", flush=True)


if __name__ == "__main__":
    main()
