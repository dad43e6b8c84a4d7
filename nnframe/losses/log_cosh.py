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

    log cosh e = |e| + log(1 + (exp(-2|e|) - 1) / 2), which neither overflows nor loses the digits of small e.

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
        return size + xp.log1p(xp.expm1(-2 * size) / 2), lambda: xp.tanh(error)
