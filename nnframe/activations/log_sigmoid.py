"""LogSigmoid: the logarithm of the sigmoid."""

from __future__ import annotations

from attrs import frozen

from nnframe.arrays import Array, namespace
from nnframe.arrays.stable import log_of_one_plus, logistic
from nnframe.interfaces import Elementwise

__all__ = ["LogSigmoid"]


@frozen
class LogSigmoid(Elementwise):
    """y = log(1 / (1 + e⁻ˣ)) = min(x, 0) - log(1 + e^-|x|).

    >>> import numpy as np
    >>> y, pullback = LogSigmoid().forward(np.array([-100.0, 0.0]))
    >>> y.round(3), pullback(np.ones(2))
    (array([-100.   ,   -0.693]), array([1. , 0.5]))
    """

    def value(self, x: Array) -> Array:
        xp = namespace(x)
        return xp.minimum(x, 0.0) - log_of_one_plus(xp.exp(-xp.abs(x)))

    def derivative(self, x: Array, y: Array) -> Array:
        return logistic(-x)
