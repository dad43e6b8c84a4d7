"""The strips of windows: what ``nnframe.arrays.windows`` copies from an image, and adds up into one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnframe.compiled.loop import Loop

if TYPE_CHECKING:
    from nnframe.arrays import Array, Integers

__all__ = ["add_strips", "fill_strips"]


@Loop
def fill_strips(x: Array, taps: Integers, stride: Integers, strips: Array) -> None:
    """strips[n, i, j, t] = x[n, (i, j) · stride + taps[t]], zero outside the image.

    x is (batch, height, width, channels), strips (batch, rows, length, taps, channels); taps are (down, right).
    """
    batch, rows, length, count, channels = strips.shape
    height, width = x.shape[1], x.shape[2]
    for n in range(batch):
        for i in range(rows):
            for j in range(length):
                for t in range(count):
                    row, column = i * stride[0] + taps[t, 0], j * stride[1] + taps[t, 1]
                    if 0 <= row < height and 0 <= column < width:
                        for c in range(channels):
                            strips[n, i, j, t, c] = x[n, row, column, c]
                    else:
                        for c in range(channels):
                            strips[n, i, j, t, c] = 0


@Loop
def add_strips(strips: Array, taps: Integers, stride: Integers, x: Array) -> None:
    """x[n, (i, j) · stride + taps[t]] += strips[n, i, j, t], where that is inside the image."""
    batch, rows, length, count, channels = strips.shape
    height, width = x.shape[1], x.shape[2]
    for n in range(batch):
        for i in range(rows):
            for j in range(length):
                for t in range(count):
                    row, column = i * stride[0] + taps[t, 0], j * stride[1] + taps[t, 1]
                    if 0 <= row < height and 0 <= column < width:
                        for c in range(channels):
                            x[n, row, column, c] += strips[n, i, j, t, c]
