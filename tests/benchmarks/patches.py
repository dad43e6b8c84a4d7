"""The ways of convolutions, beside the way of large images and that of sums.

    python -m tests.benchmarks.patches

The first table is of few small images, whose windows make one matrix. The second is of large ones: their input's
gradient by the turned kernel, beside adding up what each pixel gave.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from unittest import mock

import numpy as np

from tests.benchmarks.processes import Side
from tests.benchmarks.side import Work
from tests.benchmarks.tables import MICROSECONDS, Row, compare, make_parser, print_machine

SHAPES = [(4, 8, 1, 8), (8, 8, 3, 16), (4, 13, 8, 16), (32, 8, 8, 16), (8, 14, 4, 8), (4, 14, 16, 32)]
"""(batch, pixels a side, channels, filters), all with a kernel of 3 × 3."""
LARGE = [(64, 14, 64, 16), (64, 14, 64, 64), (32, 14, 16, 16), (4, 56, 16, 16), (64, 28, 8, 8), (64, 14, 16, 32)]
"""The same, padded by one all round."""
FORWARD, WEIGHT, INPUT = "forward", "weight's gradient", "input's gradient"


def build_operation(operation: str, shape: Sequence[int], dtype: str, padding: int) -> tuple[Callable[[], object], Any]:
    """Return an operation of a convolution, and its windows."""
    from nnframe.arrays.windows import windows_of
    from nnframe.layers.correlation import correlate, spread, weight_gradient

    batch, pixels, channels, filters = shape
    windows = windows_of((pixels, pixels), (3, 3), (1, 1), (1, 1), ((padding, padding), (padding, padding)))
    rng = np.random.default_rng(0)
    x = rng.random((batch, pixels, pixels, channels)).astype(dtype)
    weight = rng.random((3, 3, channels, filters)).astype(dtype)
    dy = rng.random((batch, *windows.out, filters)).astype(dtype)
    work = {
        FORWARD: partial(correlate, x, weight, windows),
        WEIGHT: partial(weight_gradient, x, dy, windows),
        INPUT: partial(spread, dy, weight, windows),
    }
    return work[operation], windows


def build_small(operation: str, shape: Sequence[int], dtype: str, few: bool) -> Work:
    """Return an operation on few small images, in one matrix of all windows or in the way of large ones."""
    from nnframe.arrays.patches import few_patches
    from nnframe.layers import correlation

    work, windows = build_operation(operation, shape, dtype, 0)
    assert few_patches(windows, shape[0], shape[2]), "these images are not small"

    def answer(*_: object) -> bool:
        return few

    def run() -> object:
        with mock.patch.object(correlation, "few_patches", answer):  # a MagicMock takes longer than the work
            return work()

    return Work(run)


def build_large(shape: Sequence[int], dtype: str, turned: bool) -> Work:
    """Return the input's gradient of large images, by the turned kernel or by sums."""
    from nnframe.arrays.windows import Windows

    work, _ = build_operation(INPUT, shape, dtype, 1)
    if turned:
        return Work(work)

    def add() -> object:
        with mock.patch.object(Windows, "adjoint", None):
            return work()

    return Work(add)


def has_few(shape: Sequence[int]) -> bool:
    """Whether the input's gradient has a matrix of all windows as well."""
    from nnframe.arrays.patches import few_patches

    adjoint = build_operation(INPUT, shape, "float32", 0)[1].adjoint
    return adjoint is not None and few_patches(adjoint, shape[0], shape[3])


def make_rows() -> tuple[list[Row], list[Row]]:
    """The rows of both tables."""
    small, large = "tests.benchmarks.patches:build_small", "tests.benchmarks.patches:build_large"
    few = [
        Row(
            f"{operation} of {', '.join(map(str, shape))}; {dtype}",
            {
                "one matrix": Side(small, (operation, shape, dtype, True)),
                "as large": Side(small, (operation, shape, dtype, False)),
            },
        )
        for shape in SHAPES
        for dtype in ("float32", "float64")
        for operation in (FORWARD, WEIGHT, *([INPUT] if has_few(shape) else []))
    ]
    many = [
        Row(
            f"{INPUT} of {', '.join(map(str, shape))}; {dtype}",
            {"turned kernel": Side(large, (shape, dtype, True)), "sums": Side(large, (shape, dtype, False))},
        )
        for shape in LARGE
        for dtype in ("float32", "float64")
    ]
    return few, many


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables; a row is named by batch, pixels a side, channels and filters."""
    options = make_parser(__doc__, seconds=0.3).parse_args(arguments)
    print_machine(options)
    for rows in make_rows():
        compare(rows, options, MICROSECONDS, together=6)
        print()


if __name__ == "__main__":
    main()
