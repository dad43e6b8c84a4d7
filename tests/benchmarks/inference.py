"""Predictions of the digits network for 1, 8 and 64 examples by nnframe, by torch, and by the plain expression.

    python -m tests.benchmarks.inference

One thread each, the processor's time; torch in ``inference_mode``. The targets: ahead of torch in every row, and at
most 2.5 times the plain expression at one example.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tests.benchmarks.cases import CASES
from tests.benchmarks.processes import Side
from tests.benchmarks.side import Work
from tests.benchmarks.tables import MICROSECONDS, Row, compare, make_parser, print_machine

DIGITS = next(case for case in CASES if case.name.startswith("digits"))
BATCHES = (1, 8, 64)


def build_nnframe(batch: int) -> Work:
    """Return ``model.predict``."""
    from tests.benchmarks.train_nnframe import build_model

    model, x = build_model(DIGITS), DIGITS.data[0][:batch]
    return Work(lambda: model.predict(x))


def build_torch(batch: int) -> Work:
    """Return the module's forward in ``inference_mode``."""
    import torch

    from tests.benchmarks.train_torch import build_model

    model, x = build_model(DIGITS).eval(), torch.tensor(DIGITS.data[0][:batch])

    def predict() -> object:
        with torch.inference_mode():
            return model(x)

    return Work(predict)


def build_plain(batch: int) -> Work:
    """Return the expression as one writes it by hand."""
    (w1, b1, w2, b2), x = DIGITS.weights, DIGITS.data[0][:batch]
    return Work(lambda: np.maximum(x @ w1 + b1, 0) @ w2 + b2)


def make_row(batch: int) -> Row:
    """The sides for so many examples."""
    sides = {
        "nnframe": Side("tests.benchmarks.inference:build_nnframe", (batch,)),
        "torch": Side("tests.benchmarks.inference:build_torch", (batch,), ("torch",)),
        "plain expression": Side("tests.benchmarks.inference:build_plain", (batch,), ("numpy",)),
    }
    return Row(f"{DIGITS.name}, {batch} at once", sides)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    options = make_parser(__doc__, threads=1).parse_args(arguments)
    print_machine(options)
    compare([make_row(batch) for batch in BATCHES], options, MICROSECONDS, together=len(BATCHES))


if __name__ == "__main__":
    main()
