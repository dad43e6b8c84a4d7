"""Exponential: the exponential function."""

from __future__ import annotations

from attrs import frozen

from nnframe.arrays import Array, namespace
from nnframe.interfaces import Elementwise

__all__ = ["Exponential"]


@frozen
class Exponential(Elementwise):
    """y = eˣ, which is infinite above 709, and above 88 in float32.

    >>> import numpy as np
    >>> y, pullback = Exponential().forward(np.array([0.0]))
    >>> y, pullback(np.ones(1))
    (array([1.]), array([1.]))
    """

    def value(self, x: Array) -> Array:
        return namespace(x).exp(x)

    def derivative(self, x: Array, y: Array) -> Array:
        return y
