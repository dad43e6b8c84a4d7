"""Softsign: a slow way to ±1."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from nnframe.arrays import Array, namespace
from nnframe.interfaces import Activation

__all__ = ["Softsign"]


@frozen
class Softsign(Activation):
    """y = x / (1 + |x|) (Bergstra et al. 2009).

    >>> import numpy as np
    >>> y, pullback = Softsign().forward(np.array([0.0, 3.0]))
    >>> y, pullback(np.ones(2))
    (array([0.  , 0.75]), array([1.    , 0.0625]))
    """

    def forward(self, x: Array) -> tuple[Array, Callable[[Array], Array]]:
        below = namespace(x).abs(x)
        below += 1

        def pullback(dy: Array) -> Array:
            dx = dy / below
            dx /= below
            return dx

        return x / below, pullback

    def pushforward(self, x: Array, dx: Array) -> Array:
        """Return ``dx / (1 + |x|)²``."""
        return self.forward(x)[1](dx)
