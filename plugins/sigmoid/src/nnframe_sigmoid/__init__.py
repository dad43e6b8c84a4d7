"""The logistic function, as an activation of nnframe."""

from attrs import frozen

from nnframe.arrays import Array
from nnframe.arrays.stable import logistic
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
        return logistic(x)

    def derivative(self, x: Array, y: Array) -> Array:
        return y * logistic(-x)  # and not 1 - y, whose digits are lost where y is nearly 1
