"""LeakyReLU: the rectifier that lets a little through."""

from __future__ import annotations

from collections.abc import Callable

import attrs
from attrs import frozen

from nnframe.arrays import Array, namespace
from nnframe.checks import fraction
from nnframe.interfaces import Activation

__all__ = ["LeakyReLU"]


@frozen
class LeakyReLU(Activation):
    """y = max(x, slope · x) (Maas et al. 2013). The derivative at 0 is taken to be the slope.

    Args:
        slope: The slope for negative inputs, in [0, 1).

    >>> import numpy as np
    >>> y, pullback = LeakyReLU(0.1).forward(np.array([-1.0, 2.0]))
    >>> y, pullback(np.ones(2))
    (array([-0.1,  2. ]), array([0.1, 1. ]))
    """

    slope: float = attrs.field(default=0.01, validator=fraction)

    def forward(self, x: Array) -> tuple[Array, Callable[[Array], Array]]:
        def pullback(dy: Array) -> Array:
            dx = dy * (x > 0)
            dx *= 1 - self.slope
            dx += self.slope * dy
            return dx

        return namespace(x).maximum(x, self.slope * x), pullback

    def pushforward(self, x: Array, dx: Array) -> Array:
        """Return dx, times the slope where x is negative or 0."""
        return self.forward(x)[1](dx)
