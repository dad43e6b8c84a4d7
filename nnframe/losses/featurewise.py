"""FeaturewiseLoss: what losses that are means over the features have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import final

import numpy as np

from nnframe.arrays import Array, Shape, namespace
from nnframe.interfaces import Loss
from nnframe.losses.targets import refuse, same_shape

__all__ = ["FeaturewiseLoss"]


class FeaturewiseLoss(Loss):
    """ℓ = mean over the last axis of a function of prediction and target: only ``each`` is left to write.

    The target has the shape of the prediction, (batch, ..., features).
    """

    __slots__ = ()

    @abstractmethod
    def each(self, prediction: Array, target: Array) -> tuple[Array, Callable[[], Array]]:
        """Return the loss of each feature, and a function that gives its derivative by the prediction."""

    def check_values(self, target: Array) -> None:
        """Check the values of the targets, which are finite; to be overridden."""

    @final
    def forward(self, prediction: Array, target: Array) -> tuple[Array, Callable[[Array], Array]]:
        same_shape(prediction.shape, target.shape)
        losses, derivative = self.each(prediction, target)
        share = 1 / max(prediction.shape[-1], 1)
        mean = namespace(losses).mean(losses, axis=-1)
        return mean, lambda upstream: (share * upstream)[..., None] * derivative()

    @final
    def check(self, prediction: Shape, target: Array) -> None:
        same_shape(prediction, target.shape)
        refuse(~np.isfinite(target), target, "targets must be finite")
        self.check_values(target)
