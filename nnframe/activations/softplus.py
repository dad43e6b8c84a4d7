"""Softplus: the rectifier with its corner rounded."""

from __future__ import annotations

import math

import attrs
from attrs import frozen

from nnframe.arrays import Array, namespace
from nnframe.arrays.stable import log_of_one_plus, logistic, refine
from nnframe.checks import positive
from nnframe.interfaces import Elementwise

__all__ = ["Softplus"]


@frozen
class Softplus(Elementwise):
    """y = log(1 + exp(beta x)) / beta (Dugas et al. 2001).

    Args:
        beta: How sharp the corner is.

    >>> import numpy as np
    >>> y, pullback = Softplus().forward(np.array([0.0, 1000.0]))
    >>> y.round(3), pullback(np.ones(2))
    (array([6.93e-01, 1.00e+03]), array([0.5, 1. ]))
    """

    beta: float = attrs.field(default=1.0, validator=positive)

    def value(self, x: Array) -> Array:
        xp, beta = namespace(x), self.beta
        if beta == 1:
            return xp.maximum(x, 0.0) + log_of_one_plus(xp.exp(-xp.abs(x)))

        def exact(x: Array) -> Array:
            return xp.maximum(x, 0.0) + log_of_one_plus(xp.exp(-beta * xp.abs(x))) / beta

        return refine(exact(x), x, exact, (-math.inf, -8 / beta))

    def derivative(self, x: Array, y: Array) -> Array:
        return refine(logistic(self.beta * x), x, lambda x: logistic(self.beta * x), (-math.inf, -8 / self.beta))
