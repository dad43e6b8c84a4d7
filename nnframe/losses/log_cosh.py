"""LogCosh: a smooth mean distance."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from nnframe.arrays import Array, namespace
from nnframe.losses.featurewise import FeaturewiseLoss

__all__ = ["LogCosh"]


@frozen
class LogCosh(FeaturewiseLoss):
    """ℓ = mean log cosh(prediction - target) over the last axis.

    With m = exp(-|e|) - 1, log cosh e = log(1 + m² / (2 + 2 m)) where e is small, and elsewhere
    |e| + log(1 + m + m² / 2): the first keeps the digits of small e, the second does not overflow.

    >>> import numpy as np
    >>> losses, pullback = LogCosh().forward(np.array([[0.0], [1000.0]]), np.zeros((2, 1)))
    >>> losses.round(2), pullback(np.ones(2))
    (array([  0.  , 999.31]), array([[0.],
           [1.]]))
    """

    def each(self, prediction: Array, target: Array) -> tuple[Array, Callable[[], Array]]:
        error = prediction - target
        xp = namespace(error)
        size = xp.abs(error)
        lost = xp.expm1(-size)
        near = xp.log1p(lost * lost / (2 + 2 * xp.maximum(lost, -0.75)))
        far = size + xp.log1p(lost + lost * lost / 2)
        return xp.where(lost > -0.75, near, far), lambda: xp.tanh(error)
