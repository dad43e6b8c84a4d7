"""Adadelta: steps as long as the last ones, so that no learning rate is needed."""

from __future__ import annotations

import attrs
import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.checks import fraction, positive
from nnframe.interfaces import Optimizer, Schedule
from nnframe.optimizers.moments import average_square
from nnframe.optimizers.rate import learning_rate

__all__ = ["Adadelta", "Squares"]


@frozen(eq=False)
class Squares:
    """What Adadelta remembers: the running averages of the squares of gradients and of steps."""

    gradient: Array
    move: Array


@frozen
class Adadelta(Optimizer[Squares]):
    """v ← ρ v + (1 - ρ) g², δ = g √(d + ε) / √(v + ε), d ← ρ d + (1 - ρ) δ², θ ← θ - η δ (Zeiler 2012).

    Args:
        learning_rate: η; 1 in the paper.
        rho: How slowly the averages forget.
        epsilon: ε, which sets the size of the first steps.

    >>> rule, theta = Adadelta(1.0), np.array([1.0])
    >>> rule.update(theta, np.array([500.0]), rule.initialize(theta), step=1, learning_rate=1.0)
    >>> theta.round(6)
    array([0.996838])
    """

    learning_rate: float | Schedule = attrs.field(default=1.0, validator=learning_rate)
    rho: float = attrs.field(default=0.9, validator=fraction)
    epsilon: float = attrs.field(default=1e-6, validator=positive)

    def initialize(self, value: Array) -> Squares:
        return Squares(np.zeros_like(value), np.zeros_like(value))

    def update(self, value: Array, gradient: Array, slots: Squares, step: int, learning_rate: float) -> None:
        divisor = average_square(slots.gradient, gradient, self.rho)
        np.add(slots.gradient, self.epsilon, out=divisor)
        move = slots.move + self.epsilon
        move /= divisor
        np.sqrt(move, out=move)
        move *= gradient
        average_square(slots.move, move, self.rho)
        move *= learning_rate
        value -= move
