"""HardSigmoid: a sigmoid made of three straight lines."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from nnframe.arrays import Array, namespace
from nnframe.interfaces import Activation

__all__ = ["HardSigmoid"]


@frozen
class HardSigmoid(Activation):
    """y = min(max(x / 6 + ½, 0), 1). The derivative at ±3 is taken to be 0.

    >>> import numpy as np
    >>> y, pullback = HardSigmoid().forward(np.array([-5.0, 1.5, 5.0]))
    >>> y, pullback(np.full(3, 6.0))
    (array([0.  , 0.75, 1.  ]), array([0., 1., 0.]))
    """

    def forward(self, x: Array) -> tuple[Array, Callable[[Array], Array]]:
        def pullback(dy: Array) -> Array:
            dx = dy * ((x > -3) & (x < 3))
            dx /= 6
            return dx

        y = x + 3
        y /= 6
        return namespace(x).clip(y, 0.0, 1.0), pullback
