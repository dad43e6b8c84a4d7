"""The length of what feeds one unit."""

from __future__ import annotations

import numpy as np

from nnframe.arrays import Array

__all__ = ["unit_norms"]


def unit_norms(value: Array) -> Array:
    """Return the Euclidean norm over all axes but the last, that of the units; of one axis, the norm of all of it.

    >>> unit_norms(np.array([[3.0, 0.0], [4.0, 1.0]]))
    array([[5., 1.]])
    """
    axes = tuple(range(max(value.ndim - 1, 1))) if value.ndim else None
    squares: Array = np.add.reduce(np.square(value), axis=axes, keepdims=True)
    return np.sqrt(squares)
