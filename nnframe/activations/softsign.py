"""Softsign: a slow way to ±1."""

from __future__ import annotations

from attrs import frozen

from nnframe.arrays import Array, namespace
from nnframe.interfaces import Elementwise

__all__ = ["Softsign"]


@frozen
class Softsign(Elementwise):
    """y = x / (1 + |x|) (Bergstra et al. 2009).

    >>> import numpy as np
    >>> y, pullback = Softsign().forward(np.array([0.0, 3.0]))
    >>> y, pullback(np.ones(2))
    (array([0.  , 0.75]), array([1.    , 0.0625]))
    """

    def value(self, x: Array) -> Array:
        below = namespace(x).abs(x)
        below += 1
        return x / below

    def derivative(self, x: Array, y: Array) -> Array:
        below = namespace(x).abs(x)
        below += 1
        slope = 1 / below
        slope *= slope
        return slope
