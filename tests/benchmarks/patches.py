"""Ways of convolutions, beside the way of large images, and that of sums: both are called in turn in one process.

Run it with ``python -m tests.benchmarks.patches``. The first table is of few small images, whose windows make one
matrix. The second is of large ones: their input's gradient by the turned kernel, beside adding up what each gave.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from unittest import mock

import numpy as np

from nnframe.arrays.patches import few_patches
from nnframe.arrays.windows import Windows, windows_of
from nnframe.layers import correlation
from nnframe.layers.correlation import correlate, spread, weight_gradient
from tests.benchmarks.timing import best_in_turn

SHAPES = [(4, 8, 1, 8), (8, 8, 3, 16), (4, 13, 8, 16), (32, 8, 8, 16), (8, 14, 4, 8), (4, 14, 16, 32)]
"""(batch, pixels a side, channels, filters), all with a kernel of 3 × 3."""
LARGE = [(64, 14, 64, 16), (64, 14, 64, 64), (32, 14, 16, 16), (4, 56, 16, 16), (64, 28, 8, 8), (64, 14, 16, 32)]
"""The same, padded by one all round."""


def in_both_ways(work: Callable[[], object]) -> float:
    """How many times as fast one matrix of all windows is."""

    def chosen(few: bool) -> Callable[[], object]:
        def answer(*_: object) -> bool:
            return few

        def run() -> object:
            with mock.patch.object(correlation, "few_patches", answer):  # a MagicMock takes longer than the work
                return work()

        return run

    times = best_in_turn({"one": chosen(True), "several": chosen(False)})
    return times["several"] / times["one"]


def turned_or_added(dy: np.ndarray, weight: np.ndarray, windows: Windows) -> float:
    """How many times as fast the turned kernel is as sums."""

    def added() -> object:
        with mock.patch.object(Windows, "adjoint", None):
            return spread(dy, weight, windows)

    times = best_in_turn({"turned": partial(spread, dy, weight, windows), "added": added}, rounds=60, calls=1)
    return times["added"] / times["turned"]


def main() -> None:
    """Print the tables."""
    print(
        "| batch, side, channels, filters | dtype | forward | weight's gradient | input's |\n|---|---|---:|---:|---:|"
    )
    for batch, side, channels, filters in SHAPES:
        windows = windows_of((side, side), (3, 3), (1, 1), (1, 1), ((0, 0), (0, 0)))
        assert few_patches(windows, batch, channels)
        for dtype in ("float32", "float64"):
            rng = np.random.default_rng(0)
            x = rng.random((batch, side, side, channels)).astype(dtype)
            weight = rng.random((3, 3, channels, filters)).astype(dtype)
            dy = rng.random((batch, *windows.out, filters)).astype(dtype)
            forward = in_both_ways(partial(correlate, x, weight, windows))
            gradient = in_both_ways(partial(weight_gradient, x, dy, windows))
            seen = windows.adjoint
            few = seen is not None and few_patches(seen, batch, filters)
            inputs = f"{in_both_ways(partial(spread, dy, weight, windows)):.2f}" if few else ""
            row = f"{batch}, {side}, {channels}, {filters} | {dtype} | {forward:.2f} | {gradient:.2f} | {inputs}"
            print(f"| {row} |", flush=True)
    print("\n| batch, side, channels, filters | dtype | input's gradient |\n|---|---|---:|")
    for batch, side, channels, filters in LARGE:
        windows = windows_of((side, side), (3, 3), (1, 1), (1, 1), ((1, 1), (1, 1)))
        for dtype in ("float32", "float64"):
            rng = np.random.default_rng(0)
            weight = rng.random((3, 3, channels, filters)).astype(dtype)
            dy = rng.random((batch, *windows.out, filters)).astype(dtype)
            ratio = turned_or_added(dy, weight, windows)
            print(f"| {batch}, {side}, {channels}, {filters} | {dtype} | {ratio:.2f} |", flush=True)


if __name__ == "__main__":
    main()
