"""Focal: binary cross-entropy that looks away from what is easy."""

from __future__ import annotations

from collections.abc import Callable

import attrs
from attrs import frozen

from nnframe.arrays import Array, namespace
from nnframe.arrays.stable import log_of_one_plus, weigh
from nnframe.checks import fraction, not_negative
from nnframe.losses.featurewise import FeaturewiseLoss
from nnframe.losses.targets import refuse

__all__ = ["Focal"]


@frozen
class Focal(FeaturewiseLoss):
    """ℓ = mean -(alpha t (1 - p)^gamma log p + (1 - alpha) (1 - t) p^gamma log(1 - p)) over the last axis.

    p = σ(prediction): predictions are logits; targets t are 0, 1 or between (Lin et al. 2017, section 3).

    Args:
        gamma: How far it looks away; 0 gives cross-entropy.
        alpha: How much a positive counts, in [0, 1); a negative counts 1 - alpha.

    >>> import numpy as np
    >>> losses, pullback = Focal().forward(np.array([[0.0], [5.0]]), np.array([[1.0], [1.0]]))
    >>> losses.round(4)
    array([0.0433, 0.    ])
    """

    gamma: float = attrs.field(default=2.0, validator=not_negative)
    alpha: float = attrs.field(default=0.25, validator=fraction)

    def each(self, prediction: Array, target: Array) -> tuple[Array, Callable[[], Array]]:
        gamma, xp = self.gamma, namespace(prediction)
        rest = log_of_one_plus(xp.exp(-xp.abs(prediction)))
        log_yes, log_no = xp.minimum(prediction, 0.0) - rest, xp.minimum(-prediction, 0.0) - rest
        yes, no = xp.exp(log_yes), xp.exp(log_no)
        positive = self.alpha * target * xp.exp(weigh(gamma, log_no))
        negative = (1 - self.alpha) * (1 - target) * xp.exp(weigh(gamma, log_yes))

        def derivative() -> Array:
            rising, falling = gamma * weigh(yes, log_yes) - no, gamma * weigh(no, log_no) - yes
            return positive * rising - negative * falling

        return -weigh(positive, log_yes) - weigh(negative, log_no), derivative

    def check_values(self, target: Array) -> None:
        refuse((target < 0) | (target > 1), target, "targets must be between 0 and 1")
