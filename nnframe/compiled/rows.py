"""Normalisations of rows: each row is read twice while it is in the cache, and written once."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

from nnframe.compiled.loop import Loop

if TYPE_CHECKING:
    from nnframe.arrays import Array

__all__ = ["divide_rows", "normalise_rows", "pull_divided_rows", "pull_normalised_rows"]


@Loop
def normalise_rows(x: Array, scale: Array, shift: Array, epsilon: float, y: Array, mean: Array, inverse: Array) -> None:
    """y = scale (x - μ) / s + shift, with μ and s² = σ² + ε of each row; also mean = μ and inverse = 1 / s.

    x and y are (rows, features), scale and shift (features,), mean and inverse (rows, 1).
    """
    rows, features = x.shape
    zero, count = x.dtype.type(0), x.dtype.type(features)
    for i in range(rows):
        total = zero
        for j in range(features):
            total += x[i, j]
        level, squares = total / count, zero
        for j in range(features):
            part = x[i, j] - level
            squares += part * part
        slope = x.dtype.type(1 / sqrt(squares / count + epsilon))
        mean[i, 0], inverse[i, 0] = level, slope
        for j in range(features):
            y[i, j] = (x[i, j] - level) * slope * scale[j] + shift[j]


@Loop
def pull_normalised_rows(
    x: Array, scale: Array, mean: Array, inverse: Array, dy: Array, dx: Array, dscale: Array, dshift: Array
) -> None:
    """The gradients of ``normalise_rows``: dx = (u - mean(u) - z mean(u z)) / s, with u = scale dy and z = (x - μ) / s.

    dscale and dshift, (blocks, features), must be zeros: each gets the sums over its share of the rows.
    """
    (rows, features), share = x.shape, -(-len(x) // len(dscale))
    zero, count = x.dtype.type(0), x.dtype.type(features)
    for i in range(rows):
        level, slope, lift, turn = mean[i, 0], inverse[i, 0], dshift[i // share], dscale[i // share]
        total, lean = zero, zero
        for j in range(features):
            part = dy[i, j] * scale[j]
            total += part
            lean += part * (x[i, j] - level)
        for j in range(features):
            lift[j] += dy[i, j]
            turn[j] += dy[i, j] * ((x[i, j] - level) * slope)
        total /= count
        lean *= slope * slope / count
        for j in range(features):
            dx[i, j] = slope * (dy[i, j] * scale[j] - total - (x[i, j] - level) * lean)


@Loop
def divide_rows(x: Array, scale: Array, epsilon: float, y: Array, inverse: Array) -> None:
    """y = scale x / r, with r² = mean(x²) + ε of each row; also inverse = 1 / r, (rows,)."""
    rows, features = x.shape
    zero, count = x.dtype.type(0), x.dtype.type(features)
    for i in range(rows):
        squares = zero
        for j in range(features):
            squares += x[i, j] * x[i, j]
        slope = x.dtype.type(1 / sqrt(squares / count + epsilon))
        inverse[i] = slope
        for j in range(features):
            y[i, j] = x[i, j] * slope * scale[j]


@Loop
def pull_divided_rows(x: Array, scale: Array, inverse: Array, dy: Array, dx: Array, dscale: Array) -> None:
    """The gradients of ``divide_rows``: dx = (u - z mean(u z)) / r, with u = scale dy and z = x / r.

    dscale, (blocks, features), must be zeros: each gets the sums over its share of the rows.
    """
    (rows, features), share = x.shape, -(-len(x) // len(dscale))
    zero, count = x.dtype.type(0), x.dtype.type(features)
    for i in range(rows):
        slope, lean, turn = inverse[i], zero, dscale[i // share]
        for j in range(features):
            lean += dy[i, j] * scale[j] * x[i, j]
            turn[j] += dy[i, j] * (x[i, j] * slope)
        lean *= slope * slope / count
        for j in range(features):
            dx[i, j] = slope * (dy[i, j] * scale[j] - x[i, j] * lean)
