"""SELU: the rectifier that keeps mean 0 and variance 1."""

from __future__ import annotations

from attrs import frozen

from nnframe.arrays import Array, namespace
from nnframe.arrays.stable import exp_less_one
from nnframe.interfaces import Elementwise

__all__ = ["SELU"]

_SCALE = 1.0507009873554804934193349852946
_FLOOR = _SCALE * 1.6732632423543772848170429916717


@frozen
class SELU(Elementwise):
    """y = λ x for x > 0, else λ α (eˣ - 1), λ = 1.0507..., α = 1.6732... (Klambauer et al. 2017, equation 14).

    λ and α are those for which mean 0 and variance 1 are a fixed point.

    >>> import numpy as np
    >>> y, pullback = SELU().forward(np.array([-1000.0, 1.0]))
    >>> y.round(4), pullback(np.ones(2)).round(4)
    (array([-1.7581,  1.0507]), array([0.    , 1.0507]))
    """

    def value(self, x: Array) -> Array:
        xp = namespace(x)
        y = exp_less_one(xp.minimum(x, 0.0))
        y *= _FLOOR
        y += _SCALE * xp.maximum(x, 0.0)
        return y

    def derivative(self, x: Array, y: Array) -> Array:
        xp = namespace(x)
        slope = xp.exp(xp.minimum(x, 0.0))
        slope *= _FLOOR / _SCALE
        slope *= x <= 0
        slope += x > 0
        slope *= _SCALE
        return slope
