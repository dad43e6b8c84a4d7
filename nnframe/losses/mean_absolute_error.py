"""MeanAbsoluteError: the mean distance."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from nnframe.arrays import Array, namespace
from nnframe.losses.featurewise import FeaturewiseLoss

__all__ = ["MeanAbsoluteError"]


@frozen
class MeanAbsoluteError(FeaturewiseLoss):
    """ℓ = mean |prediction - target| over the last axis. The derivative at 0 is taken to be 0.

    >>> import numpy as np
    >>> losses, pullback = MeanAbsoluteError().forward(np.array([[3.0, 1.0]]), np.array([[1.0, 1.0]]))
    >>> losses, pullback(np.ones(1))
    (array([1.]), array([[0.5, 0. ]]))
    """

    def each(self, prediction: Array, target: Array) -> tuple[Array, Callable[[], Array]]:
        error = prediction - target
        xp = namespace(error)
        return xp.abs(error), lambda: xp.sign(error)
