"""GELU: the input times the chance that a normal number is below it."""

from __future__ import annotations

import math
from collections.abc import Callable
from math import pi, sqrt

import attrs
import numpy as np
from attrs import frozen

from nnframe.activations.erf import normal_cdf
from nnframe.arrays import Array, namespace
from nnframe.arrays.stable import logistic_pair, refine, replace
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
        slope = refine(
            _exact_slope(near, gate), near, lambda x: _exact_slope(x, normal_cdf(x)), (-math.inf, -3.0), (-0.92, -0.6)
        )
        return dy * slope

    return z * gate, pullback


def _exact_slope(x: Array, gate: Array) -> Array:
    slope = namespace(x).exp(x * x * -0.5)
    slope *= x
    slope *= 1 / sqrt(2 * pi)
    slope += gate
    return replace(slope, x, _far_slope, (-math.inf, -30.0))


def _far_slope(x: Array) -> Array:
    """Return the slope with Φ(x) = φ(x) / |x| (1 - 1 / x² + 3 / x⁴), by Mills' ratio: scipy's is 0 from -37.68 on."""
    inverse = 1 / (x * x)
    density: Array = np.exp(x * x * -0.5) * (1 / sqrt(2 * pi))
    return density * x * (1 - inverse * (1 - inverse * (1 - 3 * inverse)))


def _approximate(x: Array) -> tuple[Array, Callable[[Array], Array]]:
    xp = namespace(x)
    z = xp.maximum(x, -30.0)  # Below, y is 0; and above 30, the gate is 1.
    near = xp.minimum(z, 30.0)
    gate, rest = _tanh_gate(near)
    refine(gate, near, lambda x: _tanh_gate(x)[0], _TAIL)

    def pullback(dy: Array) -> Array:
        slope = refine(_tanh_slope(near, gate, rest), near, lambda x: _tanh_slope(x, *_tanh_gate(x)), _TAIL, _ROOT)
        return dy * slope

    return z * gate, pullback


def _tanh_gate(x: Array) -> tuple[Array, Array]:
    """Return ½ (1 + tanh u) = σ(2 u), and ½ (1 - tanh u)."""
    return logistic_pair(x * (x * x * (0.044715 * _TWICE) + _TWICE))


def _tanh_slope(x: Array, gate: Array, rest: Array) -> Array:
    slope = x * x * (3 * 0.044715 * _TWICE) + _TWICE
    slope *= x
    slope *= rest
    slope += 1
    slope *= gate
    return slope


_TWICE = 2 * sqrt(2 / pi)
_TAIL = -math.inf, -2.0
"""Where rounding of the exponent takes digits from float32."""
_ROOT = -0.87, -0.64
"""Where the derivative is near its root."""
