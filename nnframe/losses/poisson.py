"""Poisson: minus the logarithm of a Poisson probability."""

from __future__ import annotations

from collections.abc import Callable

import attrs
from attrs import frozen

from nnframe.arrays import Array, namespace
from nnframe.arrays.stable import weigh
from nnframe.checks import truth
from nnframe.losses.featurewise import FeaturewiseLoss
from nnframe.losses.targets import SMALLEST, refuse

__all__ = ["Poisson"]


@frozen
class Poisson(FeaturewiseLoss):
    """ℓ = mean (rate - target · log rate) over the last axis, for counts as targets.

    The constant log(target!) is left out.

    Args:
        from_logarithm: Whether predictions are log rate; else they are rates, from 0.

    >>> import numpy as np
    >>> losses, pullback = Poisson().forward(np.array([[2.0]]), np.array([[3.0]]))
    >>> losses.round(4), pullback(np.ones(1))
    (array([-0.0794]), array([[-0.5]]))
    """

    from_logarithm: bool = attrs.field(default=False, validator=truth)

    def each(self, prediction: Array, target: Array) -> tuple[Array, Callable[[], Array]]:
        xp = namespace(prediction)
        if self.from_logarithm:
            rate = xp.exp(prediction)
            return rate - weigh(target, prediction), lambda: rate - target
        rate = xp.maximum(prediction, SMALLEST)
        return prediction - target * xp.log(rate), lambda: 1 - target / rate

    def check_values(self, target: Array) -> None:
        refuse(target < 0, target, "targets must not be negative")
