"""Adamax: Adam with the largest gradient in place of the mean square."""

from __future__ import annotations

import attrs
import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.checks import fraction, positive
from nnframe.interfaces import Optimizer, Schedule
from nnframe.optimizers.moments import Moments, average
from nnframe.optimizers.rate import learning_rate

__all__ = ["Adamax"]


@frozen
class Adamax(Optimizer[Moments]):
    """m ← β₁ m + (1 - β₁) g, u ← max(β₂ u, |g| + ε), θ ← θ - η m / ((1 - β₁ᵗ) u) (Kingma and Ba 2015, algorithm 2).

    Args:
        learning_rate: η.
        beta1, beta2: How slowly the averages forget.
        epsilon: ε.

    >>> rule, theta = Adamax(0.1), np.array([1.0])
    >>> rule.update(theta, np.array([500.0]), rule.initialize(theta), step=1, learning_rate=0.1)
    >>> theta.round(6)
    array([0.9])
    """

    learning_rate: float | Schedule = attrs.field(default=0.002, validator=learning_rate)
    beta1: float = attrs.field(default=0.9, validator=fraction)
    beta2: float = attrs.field(default=0.999, validator=fraction)
    epsilon: float = attrs.field(default=1e-8, validator=positive)

    def initialize(self, value: Array) -> Moments:
        return Moments(np.zeros_like(value), np.zeros_like(value))

    def update(self, value: Array, gradient: Array, slots: Moments, step: int, learning_rate: float) -> None:
        average(slots.mean, gradient, self.beta1)
        largest = slots.square
        largest *= self.beta2
        move = np.abs(gradient)
        move += self.epsilon
        np.maximum(largest, move, out=largest)
        np.divide(slots.mean, largest, out=move)
        move *= learning_rate / (1 - self.beta1**step)
        value -= move
