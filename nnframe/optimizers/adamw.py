"""AdamW: Adam that lets weights decay by themselves."""

from __future__ import annotations

import attrs
import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.checks import fraction, not_negative, positive
from nnframe.interfaces import Optimizer, Schedule
from nnframe.optimizers.adam import move_by_adam
from nnframe.optimizers.moments import Moments
from nnframe.optimizers.rate import learning_rate

__all__ = ["AdamW"]


@frozen
class AdamW(Optimizer[Moments]):
    """θ ← θ - η λ θ - η m̂ / (√v̂ + ε), with m̂ and v̂ as in Adam (Loshchilov and Hutter 2019, algorithm 2).

    The decay does not go through the averages, which is where a penalty in the loss would lose its effect.

    Args:
        learning_rate: η.
        beta1, beta2: How slowly the averages forget.
        epsilon: ε.
        decay: λ.

    >>> rule, theta = AdamW(0.1, decay=0.5), np.array([1.0])
    >>> rule.update(theta, np.array([500.0]), rule.initialize(theta), step=1, learning_rate=0.1)
    >>> theta.round(6)
    array([0.85])
    """

    learning_rate: float | Schedule = attrs.field(default=0.001, validator=learning_rate)
    beta1: float = attrs.field(default=0.9, validator=fraction)
    beta2: float = attrs.field(default=0.999, validator=fraction)
    epsilon: float = attrs.field(default=1e-8, validator=positive)
    decay: float = attrs.field(default=0.01, validator=not_negative)

    def initialize(self, value: Array) -> Moments:
        return Moments(np.zeros_like(value), np.zeros_like(value))

    def update(self, value: Array, gradient: Array, slots: Moments, step: int, learning_rate: float) -> None:
        value *= 1 - learning_rate * self.decay
        move_by_adam(value, gradient, slots, step, learning_rate, (self.beta1, self.beta2), self.epsilon)
