"""LogSoftmax: the logarithms of shares with sum one."""

from __future__ import annotations

from collections.abc import Callable

import attrs
from attrs import frozen

from nnframe.activations.balance import LEADING, balance
from nnframe.arrays import Array, namespace
from nnframe.checks import whole
from nnframe.interfaces import Activation

__all__ = ["LogSoftmax"]


@frozen
class LogSoftmax(Activation):
    """yᵢ = xᵢ - log Σⱼ exp xⱼ along one axis.

    Args:
        axis: The axis of the sum.

    >>> import numpy as np
    >>> y, pullback = LogSoftmax().forward(np.array([[1000.0, 0.0]]))
    >>> y, pullback(np.array([[0.0, 1.0]]))
    (array([[    0., -1000.]]), array([[-1.,  1.]]))
    """

    axis: int = attrs.field(default=-1, validator=whole)

    def forward(self, x: Array) -> tuple[Array, Callable[[Array], Array]]:
        xp, axis = namespace(x), self.axis
        z = x - xp.max(x, axis=axis, keepdims=True)
        e = xp.exp(z)
        total = xp.sum(e, axis=axis, keepdims=True)
        logarithm, leads = xp.log(total), e > LEADING * total
        if leads.any():  # log total has lost the digits of what the others add to 1
            others = xp.sum(xp.where(leads, 0.0, e), axis=axis, keepdims=True)
            logarithm = xp.where(LEADING * total < 1, xp.log1p(others), logarithm)

        def pullback(dy: Array) -> Array:
            dx = e * (-xp.sum(dy, axis=axis, keepdims=True) / total)
            dx += dy
            return balance(dx, leads, axis)

        return z - logarithm, pullback
