"""The largest element of each window, and the way back from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nnframe.compiled.loop import Loop

if TYPE_CHECKING:
    from nnframe.arrays import Array, Integers

__all__ = ["find_largest_of_tiles", "pull_largest", "pull_largest_of_tiles"]


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
def find_largest_of_tiles(x: Array, y: Array) -> None:
    """y[n, i, j, c] = max of x[n, i, :, j, :, c]; what is not a number is the largest.

    x is an image that windows tile: (batch, rows, window's height, columns, window's width, channels). That no index is
    computed, so that none can be negative, is what lets compilers take several elements at once.
    """
    batch, rows, height, columns, width, channels = x.shape
    lines, band = x.reshape(batch, rows, height, columns * width * channels), np.empty_like(x[0, 0, 0])
    line, below, beside = band.reshape(-1), min(1, height - 1), min(1, width - 1)
    for n in range(batch):
        for i in range(rows):
            for k in range(len(line)):
                one, other = lines[n, i, 0, k], lines[n, i, below, k]
                line[k] = one if one >= other or np.isnan(one) else other
            for t in range(2, height):
                for k in range(len(line)):
                    one, other = line[k], lines[n, i, t, k]
                    line[k] = one if one >= other or np.isnan(one) else other
            for j in range(columns):
                for c in range(channels):
                    one, other = band[j, 0, c], band[j, beside, c]
                    y[n, i, j, c] = one if one >= other or np.isnan(one) else other
                for t in range(2, width):
                    for c in range(channels):
                        one, other = y[n, i, j, c], band[j, t, c]
                        y[n, i, j, c] = one if one >= other or np.isnan(one) else other


@Loop
def pull_largest_of_tiles(x: Array, y: Array, dy: Array, dx: Array) -> None:
    """dx = dy at the first element of each window of x that equals y, and else 0; x and dx as in the loop above."""
    batch, rows, height, columns, width, channels = x.shape
    zero, left = x.dtype.type(0), np.empty_like(y[0, 0])
    for n in range(batch):
        for i in range(rows):
            for j in range(columns):
                for c in range(channels):
                    left[j, c] = dy[n, i, j, c]
            for s in range(height):
                for t in range(width):
                    for j in range(columns):
                        for c in range(channels):
                            hit, share = x[n, i, s, j, t, c] == y[n, i, j, c], left[j, c]
                            dx[n, i, s, j, t, c] = share if hit else zero
                            left[j, c] = zero if hit else share
