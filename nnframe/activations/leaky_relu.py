"""LeakyReLU: the rectifier that lets a little through."""

from __future__ import annotations

import attrs
from attrs import frozen

from nnframe.arrays import Array, namespace
from nnframe.checks import fraction
from nnframe.interfaces import Elementwise

__all__ = ["LeakyReLU"]


@frozen
class LeakyReLU(Elementwise):
    """y = max(x, slope · x) (Maas et al. 2013). The derivative at 0 is taken to be the slope.

    Args:
        slope: The slope for negative inputs, in [0, 1).

    >>> import numpy as np
    >>> y, pullback = LeakyReLU(0.1).forward(np.array([-1.0, 2.0]))
    >>> y, pullback(np.ones(2))
    (array([-0.1,  2. ]), array([0.1, 1. ]))
    """

    slope: float = attrs.field(default=0.01, validator=fraction)

    def value(self, x: Array) -> Array:
        return namespace(x).maximum(x, self.slope * x)

    def derivative(self, x: Array, y: Array) -> Array:
        xp = namespace(x)
        return xp.maximum(xp.sign(x), self.slope)
