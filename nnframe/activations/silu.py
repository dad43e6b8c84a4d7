"""SiLU: the input, gated by its own sigmoid."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from nnframe.arrays import Array, namespace
from nnframe.interfaces import Activation

__all__ = ["SiLU"]


@frozen
class SiLU(Activation):
    """y = x σ(x), σ(x) = 1 / (1 + e⁻ˣ); also called swish (Elfwing et al. 2018; Ramachandran et al. 2017).

    >>> import numpy as np
    >>> y, pullback = SiLU().forward(np.array([0.0, 1000.0]))
    >>> y, pullback(np.ones(2))
    (array([   0., 1000.]), array([0.5, 1. ]))
    """

    def forward(self, x: Array) -> tuple[Array, Callable[[Array], Array]]:
        xp = namespace(x)
        z = xp.maximum(x, -87.0)  # Below, y is 0 to any purpose, and e⁻ˣ would overflow in float32.
        gate = xp.exp(-z)
        gate += 1
        gate **= -1

        def pullback(dy: Array) -> Array:
            slope = 1 - gate
            slope *= xp.minimum(z, 87.0)
            slope += 1
            slope *= gate
            slope *= dy
            return slope

        return z * gate, pullback
