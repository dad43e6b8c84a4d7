"""SiLU: the input, gated by its own sigmoid."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from nnframe.arrays import Array, namespace
from nnframe.arrays.stable import refine
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
        z = xp.maximum(x, -1000.0)  # below, y is 0, also at -∞
        near = xp.minimum(z, 80.0)  # above, y is x
        e, gate, rest = _gate(near)

        def pullback(dy: Array) -> Array:
            slope = refine(_slope(near, e, gate, rest), near, lambda x: _slope(x, *_gate(x)), _ROOT)
            slope *= dy
            return slope

        return z * gate, pullback


_ROOT = -1.36, -1.2
"""Where the derivative is near its root."""


def _gate(x: Array) -> tuple[Array, Array, Array]:
    """Return eˣ, σ(x) and σ(-x)."""
    e = namespace(x).exp(x)
    rest = 1 / (e + 1)
    return e, e * rest, rest


def _slope(x: Array, e: Array, gate: Array, rest: Array) -> Array:
    """σ(x) (1 + x σ(-x)) as σ(x) σ(-x) (1 + x + eˣ), which loses fewer digits near the root."""
    slope = x + 1
    slope += e
    slope *= rest
    slope *= gate
    return slope
