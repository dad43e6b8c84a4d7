"""NonNegative: nothing below 0."""

from __future__ import annotations

import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.interfaces import Constraint

__all__ = ["NonNegative"]


@frozen
class NonNegative(Constraint):
    """θ ← max(θ, 0).

    >>> NonNegative().project(np.array([-1.0, 2.0]))
    array([0., 2.])
    """

    def project(self, value: Array) -> Array:
        projected: Array = np.maximum(value, 0)
        return projected
