"""UnitNorm: weights of length one."""

from __future__ import annotations

from attrs import frozen

from nnframe.arrays import Array
from nnframe.constraints.units import unit_directions
from nnframe.interfaces import Constraint

__all__ = ["UnitNorm"]


@frozen
class UnitNorm(Constraint):
    """θ ← θ / ‖θ‖, with the norm of the weights that feed one unit; zeros, which have no direction, stay zeros.

    The units are the last axis; of a parameter with one axis it is the norm of all of it.

    >>> import numpy as np
    >>> UnitNorm().project(np.array([[3.0, 0.0], [4.0, 0.0]]))
    array([[0.6, 0. ],
           [0.8, 0. ]])
    """

    def project(self, value: Array) -> Array:
        return unit_directions(value)[0]
