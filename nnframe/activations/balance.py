"""The gradient of a softmax where one element takes nearly all."""

from __future__ import annotations

from nnframe.arrays import Array, Booleans, namespace

__all__ = ["LEADING", "balance"]

LEADING = 0.9
"""A share from which on the difference to 1 loses digits, and above which there is one at most."""


def balance(dx: Array, leads: Booleans, axis: int) -> Array:
    """Return dx with minus the sum of the others where one element leads: along the axis the sum is 0.

    >>> import numpy as np
    >>> balance(np.array([[0.0, -1e-30]]), np.array([[True, False]]), -1)
    array([[ 1.e-30, -1.e-30]])
    """
    if not leads.any():
        return dx
    xp = namespace(dx)
    others = xp.sum(xp.where(leads, 0.0, dx), axis=axis, keepdims=True)
    return xp.where(leads, -others, dx)
