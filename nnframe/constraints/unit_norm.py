"""UnitNorm: weights of length one."""

from __future__ import annotations

import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.constraints.units import unit_norms
from nnframe.interfaces import Constraint

__all__ = ["UnitNorm"]


@frozen
class UnitNorm(Constraint):
    """θ ← θ / ‖θ‖, with the norm of the weights that feed one unit; zeros, which have no direction, stay zeros.

    The units are the last axis; of a parameter with one axis it is the norm of all of it.

    >>> UnitNorm().project(np.array([[3.0, 0.0], [4.0, 0.0]]))
    array([[0.6, 0. ],
           [0.8, 0. ]])
    """

    def project(self, value: Array) -> Array:
        norms = unit_norms(value)
        projected: Array = value / np.where(norms == 0, np.ones_like(norms), norms)
        return projected
