"""The length and the direction of what feeds one unit."""

from __future__ import annotations

import numpy as np

from nnframe.arrays import Array
from nnframe.arrays.norms import unit_vectors

__all__ = ["unit_directions"]


def unit_directions(value: Array) -> tuple[Array, Array]:
    """Return θ / ‖θ‖ and ‖θ‖ with the norm over all axes but the last, that of the units; of one axis, of all of it.

    >>> unit_directions(np.array([[3.0, 0.0], [4.0, 1.0]]))
    (array([[0.6, 0. ],
           [0.8, 1. ]]), array([[5., 1.]]))
    """
    if not value.ndim:
        return np.sign(value), np.abs(value)
    return unit_vectors(value, tuple(range(max(value.ndim - 1, 1))))
