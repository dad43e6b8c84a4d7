"""Hinge: how far inside its margin a prediction is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from attrs import frozen

from nnframe.arrays import Array, namespace
from nnframe.losses.featurewise import FeaturewiseLoss
from nnframe.losses.targets import refuse

__all__ = ["Hinge"]


@frozen
class Hinge(FeaturewiseLoss):
    """ℓ = mean max(0, 1 - target · prediction) over the last axis, for targets -1 and 1.

    The derivative at the margin is taken to be 0.

    >>> losses, pullback = Hinge().forward(np.array([[0.5], [2.0]]), np.array([[1.0], [1.0]]))
    >>> losses, pullback(np.ones(2))
    (array([0.5, 0. ]), array([[-1.],
           [-0.]]))
    """

    def each(self, prediction: Array, target: Array) -> tuple[Array, Callable[[], Array]]:
        margin = 1 - target * prediction
        return namespace(margin).maximum(margin, 0.0), lambda: -target * (margin > 0)

    def check_values(self, target: Array) -> None:
        refuse(np.abs(target) != 1, target, "targets must be -1 or 1 (for 0 and 1 write 2 * y - 1)")
