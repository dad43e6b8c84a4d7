"""MeanAbsolutePercentageError: the mean distance as a part of the target."""

from __future__ import annotations

from collections.abc import Callable

import attrs
from attrs import frozen

from nnframe.arrays import Array, namespace
from nnframe.checks import positive
from nnframe.losses.featurewise import FeaturewiseLoss

__all__ = ["MeanAbsolutePercentageError"]


@frozen
class MeanAbsolutePercentageError(FeaturewiseLoss):
    """ℓ = mean |prediction - target| / max(|target|, epsilon) over the last axis: 0.1 is ten per cent.

    The derivative at 0 is taken to be 0.

    Args:
        epsilon: Stands in for targets nearer to 0.

    >>> import numpy as np
    >>> losses, pullback = MeanAbsolutePercentageError().forward(np.array([[3.0]]), np.array([[4.0]]))
    >>> losses, pullback(np.ones(1))
    (array([0.25]), array([[-0.25]]))
    """

    epsilon: float = attrs.field(default=1e-7, validator=positive)

    def each(self, prediction: Array, target: Array) -> tuple[Array, Callable[[], Array]]:
        error = prediction - target
        xp = namespace(error)
        size = xp.maximum(xp.abs(target), self.epsilon)
        return xp.abs(error) / size, lambda: xp.sign(error) / size
