"""Convolutions in which every channel has a kernel of its own, at steps of one across.

Images are (batch, height, width · channels): since a step to the right is as many numbers as there are channels, a row
is multiplied and added as it lies in memory. The kernel is repeated for every place of a row:
(taps, out width · channels). A tap is (down, right), where ``right`` counts numbers, not places.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnframe.compiled.loop import Loop

if TYPE_CHECKING:
    from nnframe.arrays import Array, Integers

__all__ = ["add_channels", "add_input_gradient", "add_weight_gradient"]


@Loop
def add_channels(x: Array, taps: Integers, stride: int, weight: Array, y: Array) -> None:
    """y[n, i, p] += Σ x[n, i · stride + down, p + right] weight[k, p] over the taps k; x is zero outside the image."""
    batch, rows, length = y.shape
    height, width = x.shape[1], x.shape[2]
    for n in range(batch):
        for i in range(rows):
            for k in range(len(taps)):
                row, right = i * stride + taps[k, 0], taps[k, 1]
                first, last = max(0, -right), min(length, width - right)
                if 0 <= row < height and first < last:
                    seen, factor, total = x[n, row, first + right :], weight[k, first:], y[n, i, first:last]
                    for p in range(len(total)):
                        total[p] += seen[p] * factor[p]


@Loop
def add_input_gradient(dy: Array, taps: Integers, stride: int, weight: Array, dx: Array) -> None:
    """dx[n, i · stride + down, p + right] += dy[n, i, p] weight[k, p]: the adjoint of ``add_channels``."""
    batch, rows, length = dy.shape
    height, width = dx.shape[1], dx.shape[2]
    for n in range(batch):
        for i in range(rows):
            for k in range(len(taps)):
                row, right = i * stride + taps[k, 0], taps[k, 1]
                first, last = max(0, -right), min(length, width - right)
                if 0 <= row < height and first < last:
                    total, factor, upstream = dx[n, row, first + right :], weight[k, first:], dy[n, i, first:last]
                    for p in range(len(upstream)):
                        total[p] += upstream[p] * factor[p]


@Loop
def add_weight_gradient(x: Array, taps: Integers, stride: int, dy: Array, dweight: Array) -> None:
    """dweight[k, p] += Σ dy[n, i, p] x[n, i · stride + down, p + right], over examples and rows."""
    batch, rows, length = dy.shape
    height, width = x.shape[1], x.shape[2]
    for n in range(batch):
        for i in range(rows):
            for k in range(len(taps)):
                row, right = i * stride + taps[k, 0], taps[k, 1]
                first, last = max(0, -right), min(length, width - right)
                if 0 <= row < height and first < last:
                    seen, total, upstream = x[n, row, first + right :], dweight[k, first:], dy[n, i, first:last]
                    for p in range(len(upstream)):
                        total[p] += upstream[p] * seen[p]
