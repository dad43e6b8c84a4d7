"""Convolutions of few small images: all windows in one matrix, beside nnframe's way of large images.

Run it with ``python -m tests.benchmarks.patches``. Both ways are called in turn in one process.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from unittest import mock

import numpy as np

from nnframe.arrays.patches import few_patches
from nnframe.arrays.windows import windows_of
from nnframe.layers import correlation
from nnframe.layers.correlation import correlate, weight_gradient
from tests.benchmarks.timing import best_in_turn

SHAPES = [(4, 8, 1, 8), (8, 8, 3, 16), (4, 13, 8, 16), (32, 8, 8, 16), (8, 14, 4, 8), (4, 14, 16, 32)]
"""(batch, pixels a side, channels, filters), all with a kernel of 3 × 3."""


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


def main() -> None:
    """Print the table."""
    print("| batch, side, channels, filters | dtype | forward | weight's gradient |\n|---|---|---:|---:|")
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
            print(f"| {batch}, {side}, {channels}, {filters} | {dtype} | {forward:.2f} | {gradient:.2f} |", flush=True)


if __name__ == "__main__":
    main()
