"""Adam: steps of a size that does not depend on the scale of the gradient."""

from __future__ import annotations

from math import sqrt

import attrs
import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.checks import fraction, positive, truth
from nnframe.compiled import compiles
from nnframe.compiled.updates import descend_by_moments
from nnframe.interfaces import Optimizer, Schedule
from nnframe.optimizers.moments import Moments, average, average_square
from nnframe.optimizers.rate import learning_rate

__all__ = ["Adam", "LargestMoments", "move_by_adam"]


@frozen(eq=False)
class LargestMoments(Moments):
    """What AMSGrad remembers: also the largest average square so far."""

    largest: Array


@frozen
class Adam(Optimizer[Moments]):
    """m ← β₁ m + (1 - β₁) g, v ← β₂ v + (1 - β₂) g², θ ← θ - η m̂ / (√v̂ + ε).

    m̂ = m / (1 - β₁ᵗ) and v̂ = v / (1 - β₂ᵗ) undo the start at zero (Kingma and Ba 2015, algorithm 1). AMSGrad divides
    by the largest v so far (Reddi et al. 2018, algorithm 2; v̂ as in Adam).

    Args:
        learning_rate: η.
        beta1, beta2: How slowly the averages forget.
        epsilon: ε.
        amsgrad: Whether steps may never grow again.

    >>> adam, theta = Adam(0.1), np.array([1.0])
    >>> adam.update(theta, np.array([500.0]), adam.initialize(theta), step=1, learning_rate=0.1)
    >>> theta.round(6)
    array([0.9])
    """

    learning_rate: float | Schedule = attrs.field(default=0.001, validator=learning_rate)
    beta1: float = attrs.field(default=0.9, validator=fraction)
    beta2: float = attrs.field(default=0.999, validator=fraction)
    epsilon: float = attrs.field(default=1e-8, validator=positive)
    amsgrad: bool = attrs.field(default=False, validator=truth)

    def initialize(self, value: Array) -> Moments:
        zero = np.zeros_like
        return (
            LargestMoments(zero(value), zero(value), zero(value)) if self.amsgrad else Moments(zero(value), zero(value))
        )

    def update(self, value: Array, gradient: Array, slots: Moments, step: int, learning_rate: float) -> None:
        move_by_adam(value, gradient, slots, step, learning_rate, (self.beta1, self.beta2), self.epsilon)


def move_by_adam(
    value: Array,
    gradient: Array,
    slots: Moments,
    step: int,
    learning_rate: float,
    betas: tuple[float, float],
    epsilon: float,
) -> None:
    """Bring the averages up to date, and take η m̂ / (√v̂ + ε) from the value."""
    unbias = sqrt(1 - betas[1] ** step)
    least, rate = epsilon * unbias, learning_rate * unbias / (1 - betas[0] ** step)
    if type(slots) is Moments and compiles(value, gradient, slots.mean, slots.square):
        flat = value.reshape(-1), gradient.reshape(-1), slots.mean.reshape(-1), slots.square.reshape(-1)
        descend_by_moments(*flat, *betas, least, rate)
        return
    average(slots.mean, gradient, betas[0])
    move = average_square(slots.square, gradient, betas[1])
    square = slots.square
    if isinstance(slots, LargestMoments):
        square = np.maximum(slots.largest, square, out=slots.largest)
    np.sqrt(square, out=move)
    move += least
    np.divide(slots.mean, move, out=move)
    move *= rate
    value -= move
