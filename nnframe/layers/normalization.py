"""What normalisations share: their parameters, sums by matrix products, and pieces that stay in the cache.

NumPy adds up rows, and applies a vector to each of them, row by row; where rows are short that is slower than the
arithmetic. So sums are products with a vector of ones, and k short rows are treated as one. And since each step of a
normalisation is a walk through memory, all steps are taken for a few rows before the next ones are touched.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from attrs import frozen

from nnframe.arrays import Array, namespace

__all__ = ["Rescaling", "column_sums", "pieces", "rows_of", "side_by_side", "sums_of_places"]

_WIDE = 1024
_CACHED = 1 << 17


@frozen(eq=False)
class Rescaling:
    """The parameters of a normalisation, and the type of their gradient."""

    scale: Array
    """(features,)"""
    shift: Array
    """(features,)"""


def rows_of(x: Array) -> Array:
    """Return x (..., features) as (rows, features)."""
    features = x.shape[-1]
    return namespace(x).reshape(x, (x.size // features if features else 0, features))


def pieces(x: Array) -> list[slice]:
    """Cut the first axis of x into pieces that fit into the cache."""
    each = max(1, _CACHED * x.shape[0] // max(x.size, 1))
    return [slice(start, start + each) for start in range(0, x.shape[0], each)]


def column_sums(rows: Array) -> Array:
    """Return Σ over the rows of (rows, features)."""
    xp = namespace(rows)
    return xp.matmul(xp.ones_like(rows[:, 0]), rows)


@lru_cache(maxsize=256)
def side_by_side(places: int, features: int) -> int:
    """Return how many rows to treat as one: a divisor of ``places`` that makes rows long enough.

    >>> side_by_side(784, 32), side_by_side(7, 1000)
    (28, 1)
    """
    most = max(min(_WIDE // max(features, 1), places), 1)
    return next(k for k in range(most, 0, -1) if places % k == 0)


def sums_of_places(wide: Array, features: int) -> Array:
    """Return Σ over the places of each example, (batch, features), of (batch, places / k, k · features)."""
    batch = wide.shape[0]
    sums: Array = np.ones((1, wide.shape[1]), wide.dtype) @ wide
    total: Array = sums.reshape(batch, wide.shape[2] // max(features, 1), features).sum(1)
    return total
