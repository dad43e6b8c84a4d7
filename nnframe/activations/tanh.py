"""Tanh: the hyperbolic tangent."""

from __future__ import annotations

import numpy as np
from attrs import frozen

from nnframe.arrays import Array, namespace
from nnframe.interfaces import Elementwise

__all__ = ["Tanh"]


@frozen
class Tanh(Elementwise):
    """y = tanh x = (eˣ - e⁻ˣ) / (eˣ + e⁻ˣ), with the derivative (2 / (eˣ + e⁻ˣ))².

    >>> import numpy as np
    >>> y, pullback = Tanh().forward(np.array([0.0, 1000.0]))
    >>> y, pullback(np.ones(2))
    (array([0., 1.]), array([1., 0.]))
    """

    def value(self, x: Array) -> Array:
        return namespace(x).tanh(x)

    def derivative(self, x: Array, y: Array) -> Array:
        xp = namespace(x)
        with np.errstate(over="ignore", divide="ignore"):  # where eˣ is ∞ or 0, the derivative is 0
            e = xp.exp(x)
            slope = 2 / (e + 1 / e)
        slope *= slope
        return slope
