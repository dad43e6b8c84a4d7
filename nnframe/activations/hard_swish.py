"""HardSwish: a swish made of two straight lines and a parabola."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from nnframe.arrays import Array, namespace
from nnframe.interfaces import Activation

__all__ = ["HardSwish"]


@frozen
class HardSwish(Activation):
    """y = x · min(max(x / 6 + ½, 0), 1) (Howard et al. 2019).

    At ±3, where two slopes meet, the derivative is taken to be that of the straight line: 0 and 1.

    >>> import numpy as np
    >>> y, pullback = HardSwish().forward(np.array([-5.0, 1.5, 5.0]))
    >>> y, pullback(np.ones(3))
    (array([-0.   ,  1.125,  5.   ]), array([0., 1., 1.]))
    """

    def forward(self, x: Array) -> tuple[Array, Callable[[Array], Array]]:
        xp = namespace(x)
        gate = xp.clip(x, -3.0, 3.0)
        gate += 3
        gate /= 6

        def pullback(dy: Array) -> Array:
            slope = xp.clip(x, -3.0, 3.0) + 1.5  # exact near the root, where the sum of two thirds is not
            slope /= 3
            return dy * xp.where((x > -3) & (x < 3), slope, gate)

        return xp.maximum(x, -3.0) * gate, pullback
