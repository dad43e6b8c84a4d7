"""MaxNorm: weights of bounded length."""

from __future__ import annotations

import attrs
import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.checks import positive
from nnframe.constraints.units import unit_directions
from nnframe.interfaces import Constraint

__all__ = ["MaxNorm"]


@frozen
class MaxNorm(Constraint):
    """θ ← θ · min(1, limit / ‖θ‖), with the norm of the weights that feed one unit.

    The units are the last axis; of a parameter with one axis it is the norm of all of it
    (Srivastava et al. 2014, section 5.1).

    >>> MaxNorm(1.0).project(np.array([[3.0, 0.0], [4.0, 0.5]]))
    array([[0.6, 0. ],
           [0.8, 0.5]])
    """

    limit: float = attrs.field(default=2.0, validator=positive)

    def project(self, value: Array) -> Array:
        directions, norms = unit_directions(value)
        projected: Array = np.where(norms > self.limit, self.limit * directions, value)
        return projected
