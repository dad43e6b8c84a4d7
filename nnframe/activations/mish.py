"""Mish: the input, gated smoothly and a little more than by its sigmoid."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from nnframe.arrays import Array, namespace
from nnframe.arrays.stable import refine
from nnframe.interfaces import Activation

__all__ = ["Mish"]


@frozen
class Mish(Activation):
    """y = x tanh(log(1 + eˣ)) (Misra 2020).

    With e = eˣ and n = e (e + 2), y = x n / (n + 2) and y' = e (e³ + 4 e² + (4 x + 6) e + 4 (x + 1)) / (n + 2)².

    >>> import numpy as np
    >>> y, pullback = Mish().forward(np.array([0.0, 1000.0]))
    >>> y, pullback(np.ones(2))
    (array([   0., 1000.]), array([0.6, 1. ]))
    """

    def forward(self, x: Array) -> tuple[Array, Callable[[Array], Array]]:
        xp = namespace(x)
        z = xp.maximum(x, -1000.0)  # below, y is 0, also at -∞
        near = xp.minimum(z, 20.0)  # above, the gate is 1
        e, below, gate = _gate(near)

        def pullback(dy: Array) -> Array:
            slope = refine(_slope(near, e, below), near, lambda x: _slope(x, *_gate(x)[:2]), _ROOT)
            slope *= dy
            return slope

        return z * gate, pullback


_ROOT = -1.25, -1.13
"""Where the derivative is near its root."""


def _gate(x: Array) -> tuple[Array, Array, Array]:
    """Return e, n + 2 and the gate."""
    e = namespace(x).exp(x)
    n = e + 2
    n *= e
    below = n + 2
    return e, below, n / below


def _slope(x: Array, e: Array, below: Array) -> Array:
    rising = x + 1
    rising *= 4
    slope = e + 4
    slope *= e
    slope += rising
    slope += 2
    slope *= e
    slope += rising
    slope *= e
    slope /= below
    slope /= below
    return slope
