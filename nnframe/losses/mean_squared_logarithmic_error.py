"""MeanSquaredLogarithmicError: squares of errors of the order of magnitude."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from nnframe.arrays import Array, namespace
from nnframe.losses.featurewise import FeaturewiseLoss
from nnframe.losses.targets import refuse

__all__ = ["MeanSquaredLogarithmicError"]


@frozen
class MeanSquaredLogarithmicError(FeaturewiseLoss):
    """ℓ = mean (log(1 + prediction) - log(1 + target))² over the last axis, for targets from 0.

    Predictions below 0 count as 0, and have derivative 0.

    >>> import numpy as np
    >>> losses, pullback = MeanSquaredLogarithmicError().forward(np.array([[np.e - 1]]), np.array([[0.0]]))
    >>> losses, pullback(np.array([np.e]))
    (array([1.]), array([[2.]]))
    """

    def each(self, prediction: Array, target: Array) -> tuple[Array, Callable[[], Array]]:
        xp = namespace(prediction)
        held = xp.maximum(prediction, 0.0)
        error = xp.log1p(held) - xp.log1p(target)
        return error * error, lambda: 2 * error / (1 + held) * (prediction >= 0)

    def check_values(self, target: Array) -> None:
        refuse(target < 0, target, "targets must not be negative")
