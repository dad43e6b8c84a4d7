"""Adagrad: steps that shrink where gradients were large."""

from __future__ import annotations

import attrs
import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.checks import not_negative, positive
from nnframe.interfaces import Optimizer, Schedule
from nnframe.optimizers.rate import learning_rate

__all__ = ["Adagrad", "SquareSum"]


@frozen(eq=False)
class SquareSum:
    """What Adagrad remembers: the sum of the squares of all gradients."""

    square: Array


@frozen
class Adagrad(Optimizer[SquareSum]):
    """s ← s + g², θ ← θ - η g / (√s + ε) (Duchi et al. 2011).

    Args:
        learning_rate: η.
        start: Where s begins.
        epsilon: ε.

    >>> rule, theta = Adagrad(0.1), np.array([1.0])
    >>> rule.update(theta, np.array([500.0]), rule.initialize(theta), step=1, learning_rate=0.1)
    >>> theta.round(6)
    array([0.9])
    """

    learning_rate: float | Schedule = attrs.field(default=0.01, validator=learning_rate)
    start: float = attrs.field(default=0.0, validator=not_negative)
    epsilon: float = attrs.field(default=1e-10, validator=positive)

    def initialize(self, value: Array) -> SquareSum:
        return SquareSum(np.full_like(value, self.start))

    def update(self, value: Array, gradient: Array, slots: SquareSum, step: int, learning_rate: float) -> None:
        square = slots.square
        move = np.square(gradient)
        square += move
        np.sqrt(square, out=move)
        move += self.epsilon
        np.divide(gradient, move, out=move)
        move *= learning_rate
        value -= move
