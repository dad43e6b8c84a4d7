"""Tanh: the hyperbolic tangent."""

from __future__ import annotations

from attrs import frozen

from nnframe.arrays import Array, namespace
from nnframe.interfaces import Elementwise

__all__ = ["Tanh"]


@frozen
class Tanh(Elementwise):
    """y = tanh x = (eˣ - e⁻ˣ) / (eˣ + e⁻ˣ).

    >>> import numpy as np
    >>> y, pullback = Tanh().forward(np.array([0.0, 1000.0]))
    >>> y, pullback(np.ones(2))
    (array([0., 1.]), array([1., 0.]))
    """

    def value(self, x: Array) -> Array:
        return namespace(x).tanh(x)

    def derivative(self, x: Array, y: Array) -> Array:
        return 1.0 - y * y
