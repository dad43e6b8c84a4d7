"""Softmax: positive shares with sum one."""

from __future__ import annotations

from collections.abc import Callable

import attrs
from attrs import frozen

from nnframe.activations.balance import LEADING, balance
from nnframe.arrays import Array, namespace
from nnframe.checks import whole
from nnframe.interfaces import Activation

__all__ = ["Softmax"]


@frozen
class Softmax(Activation):
    """yᵢ = exp xᵢ / Σⱼ exp xⱼ along one axis (Bridle 1990).

    Args:
        axis: The axis of the sum.

    >>> import numpy as np
    >>> y, pullback = Softmax().forward(np.array([[1000.0, 1000.0]]))
    >>> y, pullback(np.array([[1.0, 0.0]]))
    (array([[0.5, 0.5]]), array([[ 0.25, -0.25]]))
    """

    axis: int = attrs.field(default=-1, validator=whole)

    def forward(self, x: Array) -> tuple[Array, Callable[[Array], Array]]:
        xp, axis = namespace(x), self.axis
        y = xp.exp(x - xp.max(x, axis=axis, keepdims=True))
        y /= xp.sum(y, axis=axis, keepdims=True)

        def pullback(dy: Array) -> Array:
            dx = dy * y
            dx -= y * xp.sum(dx, axis=axis, keepdims=True)
            return balance(dx, y > LEADING, axis)

        return y, pullback

    def pushforward(self, x: Array, dx: Array) -> Array:
        """Return ``yᵢ (dxᵢ - Σⱼ yⱼ dxⱼ)``."""
        y = self.forward(x)[0]
        return y * dx - y * namespace(x).sum(y * dx, axis=self.axis, keepdims=True)
