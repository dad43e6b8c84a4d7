"""GELU: the input times the chance that a normal number is below it."""

from __future__ import annotations

from collections.abc import Callable
from math import pi, sqrt

import attrs
from attrs import frozen

from nnframe.activations.erf import normal_cdf
from nnframe.arrays import Array, namespace
from nnframe.checks import truth
from nnframe.interfaces import Activation

__all__ = ["GELU"]


@frozen
class GELU(Activation):
    """y = x Φ(x), with Φ the normal distribution function (Hendrycks and Gimpel 2016).

    Args:
        approximate: Whether ½ (1 + tanh(√(2 / π) (x + 0.044715 x³))) stands in for Φ (ibid., section 2). Exact is
            the default, and needs scipy.

    >>> import numpy as np
    >>> y, pullback = GELU().forward(np.array([0.0, 1.0, 1000.0]))
    >>> y[1:].round(4), pullback(np.ones(3)).round(4)
    (array([8.413e-01, 1.000e+03]), array([0.5   , 1.0833, 1.    ]))
    """

    approximate: bool = attrs.field(default=False, validator=truth)

    def forward(self, x: Array) -> tuple[Array, Callable[[Array], Array]]:
        return _approximate(x) if self.approximate else _exact(x)


def _exact(x: Array) -> tuple[Array, Callable[[Array], Array]]:
    xp = namespace(x)
    z = xp.maximum(x, -40.0)  # Below, y is 0; and above 40, Φ is 1.
    gate = normal_cdf(z)

    def pullback(dy: Array) -> Array:
        near = xp.minimum(z, 40.0)
        slope = xp.exp(near * near * -0.5)
        slope *= near
        slope *= 1 / sqrt(2 * pi)
        slope += gate
        return dy * slope

    return z * gate, pullback


def _approximate(x: Array) -> tuple[Array, Callable[[Array], Array]]:
    xp = namespace(x)
    z = xp.maximum(x, -10.0)  # Below, y is 0; and above 10, the gate is 1.
    near = xp.minimum(z, 10.0)
    square = near * near
    gate = 1 / (1 + xp.exp(near * (square * (-0.044715 * _TWICE) - _TWICE)))  # ½ (1 + tanh u) = 1 / (1 + e^-2u)

    def pullback(dy: Array) -> Array:
        slope = square * (3 * 0.044715 * _TWICE) + _TWICE
        slope *= near
        slope *= 1 - gate
        slope += 1
        slope *= gate
        return dy * slope

    return z * gate, pullback


_TWICE = 2 * sqrt(2 / pi)
