"""The way back from the largest element of each window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nnframe.compiled.loop import Loop

if TYPE_CHECKING:
    from nnframe.arrays import Array, Integers

__all__ = ["pull_largest", "pull_largest_of_tiles"]


@Loop
def pull_largest(x: Array, y: Array, taps: Integers, stride: Integers, left: Array, dx: Array) -> None:
    """dx[n, (i, j) · stride + tap] += left[n, i, j] at the first tap at which x equals y.

    x is (batch, height, width, channels), y (batch, rows, columns, channels), taps (taps, 2) and stride (down, across).
    ``left`` begins as the upstream, and is used up. dx must be zeros.
    """
    batch, rows, columns, channels = y.shape
    height, width, zero = x.shape[1], x.shape[2], x.dtype.type(0)
    for n in range(batch):
        for i in range(rows):
            for t in range(len(taps)):
                row = i * stride[0] + taps[t, 0]
                if 0 <= row < height:
                    for j in range(columns):
                        column = j * stride[1] + taps[t, 1]
                        if 0 <= column < width:
                            for c in range(channels):
                                hit, share = x[n, row, column, c] == y[n, i, j, c], left[n, i, j, c]
                                dx[n, row, column, c] += share if hit else zero
                                left[n, i, j, c] = zero if hit else share


@Loop
def pull_largest_of_tiles(x: Array, y: Array, taps: Integers, stride: Integers, dy: Array, dx: Array) -> None:
    """The same from the upstream dy, where each element of x is in one window: dx is written, and need not be zeros."""
    batch, rows, columns, channels = y.shape
    zero, left = x.dtype.type(0), np.empty_like(y[0, 0])
    for n in range(batch):
        for i in range(rows):
            for j in range(columns):
                for c in range(channels):
                    left[j, c] = dy[n, i, j, c]
            for t in range(len(taps)):
                row = i * stride[0] + taps[t, 0]
                for j in range(columns):
                    column = j * stride[1] + taps[t, 1]
                    for c in range(channels):
                        hit, share = x[n, row, column, c] == y[n, i, j, c], left[j, c]
                        dx[n, row, column, c] = share if hit else zero
                        left[j, c] = zero if hit else share
