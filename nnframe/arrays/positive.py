"""What passes where something is positive, in one walk through memory where loops are compiled."""

from __future__ import annotations

import numpy as np

from nnframe.arrays.types import Array
from nnframe.compiled.loop import compiles
from nnframe.compiled.positive import pass_positive

__all__ = ["where_positive"]


def where_positive(y: Array, values: Array) -> Array:
    """Return ``values * (y > 0)``: what is not a number stays so.

    Args:
        y: What opens the gate, (...).
        values: What passes, (...).

    >>> where_positive(np.array([-1.0, 0.0, 2.0]), np.array([3.0, 3.0, 3.0]))
    array([0., 0., 3.])
    """
    if not compiles(y, values):
        return values * (y > 0)
    passed = np.empty_like(values)
    pass_positive(y.reshape(-1), values.reshape(-1), passed.reshape(-1))
    return passed
