"""Mish: the input, gated smoothly and a little more than by its sigmoid."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from nnframe.arrays import Array, namespace
from nnframe.interfaces import Activation

__all__ = ["Mish"]


@frozen
class Mish(Activation):
    """y = x tanh(log(1 + eˣ)) (Misra 2020).

    With e = eˣ and n = e (e + 2) the gate is n / (n + 2), and its derivative 4 e (e + 1) / (n + 2)².

    >>> import numpy as np
    >>> y, pullback = Mish().forward(np.array([0.0, 1000.0]))
    >>> y, pullback(np.ones(2))
    (array([   0., 1000.]), array([0.6, 1. ]))
    """

    def forward(self, x: Array) -> tuple[Array, Callable[[Array], Array]]:
        xp = namespace(x)
        z = xp.maximum(x, -87.0)  # Below, y is 0 to any purpose.
        e = xp.exp(xp.minimum(z, 20.0))  # Above, the gate is 1.
        n = e + 2
        n *= e
        below = n + 2
        gate = n / below

        def pullback(dy: Array) -> Array:
            slope = e * (e + 1)
            slope *= 4
            slope /= below
            slope /= below
            slope *= xp.minimum(z, 20.0)
            slope += gate
            slope *= dy
            return slope

        return z * gate, pullback
