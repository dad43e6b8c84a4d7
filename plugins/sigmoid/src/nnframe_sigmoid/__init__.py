"""The logistic function, as an activation of nnframe."""

from attrs import frozen

from nnframe.arrays import Array, namespace
from nnframe.interfaces import Elementwise

__all__ = ["Sigmoid"]


@frozen
class Sigmoid(Elementwise):
    """y = 1 / (1 + exp(-x)).

    >>> import numpy as np
    >>> y, pullback = Sigmoid().forward(np.array([0.0, -1000.0]))
    >>> y.round(3), pullback(np.ones(2)).round(3)
    (array([0.5, 0. ]), array([0.25, 0.  ]))
    """

    def value(self, x: Array) -> Array:
        xp = namespace(x)
        below = xp.exp(xp.minimum(-x, 87.0))  # exp(89) is infinite in float32; exp(-87) is 0 to any purpose
        below += 1
        return 1 / below

    def derivative(self, x: Array, y: Array) -> Array:
        return y * (1 - y)
