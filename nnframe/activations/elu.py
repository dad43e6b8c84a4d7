"""ELU: a rectifier that bends smoothly to a negative floor."""

from __future__ import annotations

import attrs
from attrs import frozen

from nnframe.arrays import Array, namespace
from nnframe.arrays.stable import exp_less_one
from nnframe.checks import positive
from nnframe.interfaces import Elementwise

__all__ = ["ELU"]


@frozen
class ELU(Elementwise):
    """y = x for x > 0, else alpha (eˣ - 1) (Clevert et al. 2016).

    Args:
        alpha: How far down the floor is.

    >>> import numpy as np
    >>> y, pullback = ELU().forward(np.array([-1000.0, 2.0]))
    >>> y, pullback(np.ones(2))
    (array([-1.,  2.]), array([0., 1.]))
    """

    alpha: float = attrs.field(default=1.0, validator=positive)

    def value(self, x: Array) -> Array:
        xp = namespace(x)
        y = exp_less_one(xp.minimum(x, 0.0))
        if self.alpha != 1:
            y *= self.alpha
        y += xp.maximum(x, 0.0)
        return y

    def derivative(self, x: Array, y: Array) -> Array:
        xp = namespace(x)
        slope = xp.exp(xp.minimum(x, 0.0))
        if self.alpha != 1:
            slope *= self.alpha
            slope *= x <= 0
            slope += x > 0
        return slope
