"""Moments of columns, and what normalisations do with them: x is (batch, places, features), its columns the places.

Everything else is (batch, features), or, where it is added up, (batch, blocks, features): a block is a share of the
places. The places are the middle loop and the features, which lie side by side in memory, the inner one, so that the
processor treats several features at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnframe.compiled.loop import Loop

if TYPE_CHECKING:
    from nnframe.arrays import Array

__all__ = ["add_products", "add_squares", "pull_columns", "rescale"]


@Loop
def add_squares(x: Array, mean: Array, squares: Array) -> None:
    """squares = Σ (x - mean)² of each column and block of places, (batch, blocks, features); must be zeros."""
    (batch, places, features), share = x.shape, -(-x.shape[1] // squares.shape[1])
    for n in range(batch):
        for p in range(places):
            total = squares[n, p // share]
            for c in range(features):
                total[c] += (x[n, p, c] - mean[n, c]) * (x[n, p, c] - mean[n, c])


@Loop
def rescale(x: Array, mean: Array, slope: Array, shift: Array, y: Array) -> None:
    """y = (x - mean) slope + shift."""
    batch, places, features = x.shape
    for n in range(batch):
        for p in range(places):
            for c in range(features):
                y[n, p, c] = (x[n, p, c] - mean[n, c]) * slope[n, c] + shift[n, c]


@Loop
def add_products(x: Array, mean: Array, dy: Array, sums: Array, products: Array) -> None:
    """sums = Σ dy and products = Σ dy (x - mean) of each column and block of places; both must be zeros."""
    (batch, places, features), share = x.shape, -(-x.shape[1] // sums.shape[1])
    for n in range(batch):
        for p in range(places):
            total, product = sums[n, p // share], products[n, p // share]
            for c in range(features):
                total[c] += dy[n, p, c]
                product[c] += dy[n, p, c] * (x[n, p, c] - mean[n, c])


@Loop
def pull_columns(x: Array, mean: Array, slope: Array, level: Array, lean: Array, dy: Array, dx: Array) -> None:
    """dx = slope dy - level - lean (x - mean)."""
    batch, places, features = x.shape
    for n in range(batch):
        for p in range(places):
            for c in range(features):
                dx[n, p, c] = dy[n, p, c] * slope[n, c] - level[n, c] - (x[n, p, c] - mean[n, c]) * lean[n, c]
