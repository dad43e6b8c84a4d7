"""Normalisation of groups of features: an example is read again while it is in the cache, and written once.

x is (batch, rows, k · features): k places side by side make a row, which keeps the inner loops long, and rows so few
that their sum keeps its digits; the sums of rows are added up in float64. scale and shift are (features,), mean and
inverse (batch, groups); a group is neighbouring features.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nnframe.compiled.loop import Loop

if TYPE_CHECKING:
    from nnframe.arrays import Array

__all__ = ["normalise_groups", "pull_normalised_groups"]


@Loop
def normalise_groups(
    x: Array, scale: Array, shift: Array, epsilon: float, y: Array, mean: Array, inverse: Array
) -> None:
    """y = scale (x - μ) / s + shift, with μ and s² = σ² + ε of each group of an example; mean = μ, inverse = 1 / s."""
    (batch, rows, width), features, groups = x.shape, len(scale), mean.shape[1]
    each, zero, share = features // groups, x.dtype.type(0), x.dtype.type(groups / (rows * width))
    shape = (width // features, features)
    places, levels = np.empty(shape, x.dtype), np.empty(shape, x.dtype)
    slopes, rises = np.empty(shape, x.dtype), np.empty(shape, x.dtype)
    sums, level, slope, rise = places.reshape(-1), levels.reshape(-1), slopes.reshape(-1), rises.reshape(-1)
    rises[:] = shift
    for n in range(batch):
        sums[:] = zero
        for p in range(rows):
            for c in range(width):
                sums[c] += x[n, p, c]
        for g in range(groups):
            own = slice(g * each, (g + 1) * each)
            mean[n, g] = np.sum(places[:, own].astype(np.float64)) * share
            levels[:, own] = mean[n, g]
        sums[:] = zero
        for p in range(rows):
            for c in range(width):
                sums[c] += (x[n, p, c] - level[c]) * (x[n, p, c] - level[c])
        for g in range(groups):
            own = slice(g * each, (g + 1) * each)
            inverse[n, g] = 1 / np.sqrt(np.sum(places[:, own].astype(np.float64)) * share + epsilon)
            slopes[:, own] = inverse[n, g] * scale[own]
        for p in range(rows):
            for c in range(width):
                y[n, p, c] = (x[n, p, c] - level[c]) * slope[c] + rise[c]


@Loop
def pull_normalised_groups(
    x: Array, scale: Array, mean: Array, inverse: Array, dy: Array, dx: Array, dscale: Array, dshift: Array
) -> None:
    """The gradients of ``normalise_groups``: dx = (u - mean(u) - z mean(u z)) / s, with u = scale dy, z = (x - μ) / s.

    dscale and dshift, (features,), must be zeros, in float64.
    """
    (batch, rows, width), features, groups = x.shape, len(scale), mean.shape[1]
    each, zero, share = features // groups, x.dtype.type(0), x.dtype.type(groups / (rows * width))
    shape = (width // features, features)
    lifts, leans = np.empty(shape, x.dtype), np.empty(shape, x.dtype)
    levels, slopes = np.empty(shape, x.dtype), np.empty(shape, x.dtype)
    sums, products, level, slope = lifts.reshape(-1), leans.reshape(-1), levels.reshape(-1), slopes.reshape(-1)
    for n in range(batch):
        for g in range(groups):
            own = slice(g * each, (g + 1) * each)
            levels[:, own] = mean[n, g]
            slopes[:, own] = inverse[n, g] * scale[own]
        sums[:] = zero
        products[:] = zero
        for p in range(rows):
            for c in range(width):
                sums[c] += dy[n, p, c]
                products[c] += dy[n, p, c] * (x[n, p, c] - level[c])
        dshift += lifts.astype(np.float64).sum(0)
        for g in range(groups):
            own, turn = slice(g * each, (g + 1) * each), inverse[n, g]
            dscale[own] += leans[:, own].astype(np.float64).sum(0) * turn
            lifts[:, own] = (lifts[:, own] * slopes[:, own]).astype(np.float64).sum() * share
            leans[:, own] = (leans[:, own] * slopes[:, own]).astype(np.float64).sum() * share * turn * turn
        for p in range(rows):
            for c in range(width):
                dx[n, p, c] = dy[n, p, c] * slope[c] - sums[c] - (x[n, p, c] - level[c]) * products[c]
