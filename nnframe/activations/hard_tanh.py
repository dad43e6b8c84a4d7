"""HardTanh: a hyperbolic tangent made of three straight lines."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from nnframe.arrays import Array, namespace
from nnframe.interfaces import Activation

__all__ = ["HardTanh"]


@frozen
class HardTanh(Activation):
    """y = min(max(x, -1), 1) (Collobert 2004). The derivative at ±1 is taken to be 0.

    >>> import numpy as np
    >>> y, pullback = HardTanh().forward(np.array([-5.0, 0.5, 5.0]))
    >>> y, pullback(np.ones(3))
    (array([-1. ,  0.5,  1. ]), array([0., 1., 0.]))
    """

    def forward(self, x: Array) -> tuple[Array, Callable[[Array], Array]]:
        return namespace(x).clip(x, -1.0, 1.0), lambda dy: dy * ((x > -1) & (x < 1))
