"""RAdam: Adam that waits until it knows the variance."""

from __future__ import annotations

from math import sqrt

import attrs
import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.checks import fraction, positive
from nnframe.interfaces import Optimizer, Schedule
from nnframe.optimizers.moments import Moments, average, average_square
from nnframe.optimizers.rate import learning_rate

__all__ = ["RAdam"]


@frozen
class RAdam(Optimizer[Moments]):
    """θ ← θ - η r m̂ √(1 - β₂ᵗ) / (√v + ε) once ρₜ > 5, and θ ← θ - η m̂ before (Liu et al. 2020, algorithm 2).

    ρ∞ = 2 / (1 - β₂) - 1, ρₜ = ρ∞ - 2 t β₂ᵗ / (1 - β₂ᵗ), r² = (ρₜ - 4)(ρₜ - 2) ρ∞ / ((ρ∞ - 4)(ρ∞ - 2) ρₜ).

    Args:
        learning_rate: η.
        beta1, beta2: How slowly the averages forget.
        epsilon: ε.

    >>> rule, theta = RAdam(0.1), np.array([1.0])
    >>> rule.update(theta, np.array([500.0]), rule.initialize(theta), step=1, learning_rate=0.1)
    >>> theta.round(6)
    array([-49.])
    """

    learning_rate: float | Schedule = attrs.field(default=0.001, validator=learning_rate)
    beta1: float = attrs.field(default=0.9, validator=fraction)
    beta2: float = attrs.field(default=0.999, validator=fraction)
    epsilon: float = attrs.field(default=1e-8, validator=positive)

    def initialize(self, value: Array) -> Moments:
        return Moments(np.zeros_like(value), np.zeros_like(value))

    def update(self, value: Array, gradient: Array, slots: Moments, step: int, learning_rate: float) -> None:
        average(slots.mean, gradient, self.beta1)
        move = average_square(slots.square, gradient, self.beta2)
        rate = learning_rate / (1 - self.beta1**step)
        certainty = self._certainty(step)
        if certainty:
            np.sqrt(slots.square, out=move)
            move += self.epsilon
            np.divide(slots.mean, move, out=move)
            move *= rate * certainty
        else:
            np.multiply(slots.mean, rate, out=move)
        value -= move

    def _certainty(self, step: int) -> float:
        """Return r √(1 - β₂ᵗ), or 0 as long as the variance is not known."""
        forgotten = self.beta2**step
        longest = 2 / (1 - self.beta2) - 1
        length = longest - 2 * step * forgotten / (1 - forgotten)
        if length <= 5:
            return 0.0
        square = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
        return sqrt(square * (1 - forgotten))
