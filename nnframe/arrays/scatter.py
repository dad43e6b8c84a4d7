"""Scatter-add: the rows that go to the same place, added up there. ``np.add.at`` takes several times as long."""

from __future__ import annotations

import numpy as np

from nnframe.arrays.types import Array, Integers

__all__ = ["sum_rows"]

_SHORT = 1 << 16


def sum_rows(rows: Array, places: Integers, count: int) -> Array:
    """Return ``total`` (count, width), where total[p] is the sum of the rows whose place is p.

    Rows are sorted by place; then neighbours of one place are added in pairs, and pairs of pairs, until one is left
    of each. The rounding error so grows with the logarithm of how many there are.

    Args:
        rows: (n, width)
        places: (n,), from 0 to count - 1.
        count: How many places there are.

    >>> sum_rows(np.array([[1.0], [2.0], [4.0]]), np.array([2, 0, 2]), 3)
    array([[2.],
           [0.],
           [5.]])
    """
    total = np.zeros((count, rows.shape[1]), rows.dtype)
    if not len(rows):
        return total
    keys = places.astype(np.uint16) if count <= _SHORT else places  # NumPy sorts short integers by radix.
    order = np.argsort(keys, kind="stable")
    sums, keys = rows[order], keys[order]
    first = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    rank = np.arange(len(keys)) - np.repeat(first, np.diff(first, append=len(keys)))
    left = np.arange(len(keys))
    while rank.any():
        odd = np.flatnonzero(rank & 1)
        sums[left[odd - 1]] += sums[left[odd]]
        even = np.flatnonzero((rank & 1) == 0)
        left, rank = left[even], rank[even] >> 1
    total[keys[first]] = sums[first]
    return total
