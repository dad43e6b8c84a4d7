"""CELU: an ELU whose derivative has no step."""

from __future__ import annotations

import math

import attrs
from attrs import frozen

from nnframe.arrays import Array, namespace
from nnframe.arrays.stable import exp_less_one, refine
from nnframe.checks import positive
from nnframe.interfaces import Elementwise

__all__ = ["CELU"]


@frozen
class CELU(Elementwise):
    """y = max(x, 0) + alpha (exp(min(x, 0) / alpha) - 1) (Barron 2017).

    Args:
        alpha: How far down the floor is.

    >>> import numpy as np
    >>> y, pullback = CELU(2.0).forward(np.array([-9999.0, 1.0]))
    >>> y, pullback(np.ones(2))
    (array([-2.,  1.]), array([0., 1.]))
    """

    alpha: float = attrs.field(default=1.0, validator=positive)

    def value(self, x: Array) -> Array:
        xp = namespace(x)
        y = exp_less_one(xp.minimum(x, 0.0) / self.alpha)
        y *= self.alpha
        y += xp.maximum(x, 0.0)
        return y

    def derivative(self, x: Array, y: Array) -> Array:
        def exact(x: Array) -> Array:
            return namespace(x).exp(namespace(x).minimum(x, 0.0) / self.alpha)

        return refine(exact(x), x, exact, (-math.inf, -8 * self.alpha))
