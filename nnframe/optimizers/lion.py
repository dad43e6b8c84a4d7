"""Lion: steps of one size, in the direction of the momentum's sign."""

from __future__ import annotations

import attrs
import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.checks import fraction, not_negative
from nnframe.interfaces import Optimizer, Schedule
from nnframe.optimizers.moments import average
from nnframe.optimizers.rate import learning_rate

__all__ = ["Lion", "Momentum"]


@frozen(eq=False)
class Momentum:
    """What Lion remembers."""

    mean: Array


@frozen
class Lion(Optimizer[Momentum]):
    """θ ← θ - η (sign(β₁ m + (1 - β₁) g) + λ θ), then m ← β₂ m + (1 - β₂) g (Chen et al. 2023, algorithm 2).

    Args:
        learning_rate: η; three to ten times smaller than Adam's.
        beta1, beta2: How slowly the averages forget.
        decay: λ.

    >>> rule, theta = Lion(0.1), np.array([1.0])
    >>> rule.update(theta, np.array([500.0]), rule.initialize(theta), step=1, learning_rate=0.1)
    >>> theta.round(6)
    array([0.9])
    """

    learning_rate: float | Schedule = attrs.field(default=0.0001, validator=learning_rate)
    beta1: float = attrs.field(default=0.9, validator=fraction)
    beta2: float = attrs.field(default=0.99, validator=fraction)
    decay: float = attrs.field(default=0.0, validator=not_negative)

    def initialize(self, value: Array) -> Momentum:
        return Momentum(np.zeros_like(value))

    def update(self, value: Array, gradient: Array, slots: Momentum, step: int, learning_rate: float) -> None:
        move = gradient * (1 - self.beta1)
        move += self.beta1 * slots.mean
        move = np.sign(move)  # Into itself it is ten times slower.
        move *= learning_rate
        value *= 1 - learning_rate * self.decay
        value -= move
        average(slots.mean, gradient, self.beta2)
