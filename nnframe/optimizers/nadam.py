"""NAdam: Adam that looks ahead, as Nesterov does."""

from __future__ import annotations

from functools import lru_cache

import attrs
import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.checks import fraction, not_negative, positive
from nnframe.interfaces import Optimizer, Schedule
from nnframe.optimizers.moments import Moments, average, average_square
from nnframe.optimizers.rate import learning_rate

__all__ = ["NAdam"]


@frozen
class NAdam(Optimizer[Moments]):
    """θ ← θ - η ((1 - μₜ) g / (1 - Πₜ) + μₜ₊₁ m / (1 - Πₜ₊₁)) / (√v̂ + ε), m and v̂ as in Adam (Dozat 2016, section 4).

    μₜ = β₁ (1 - ½ · 0.96^(ψ t)) grows towards β₁, and Πₜ is the product of the first t of them.

    Args:
        learning_rate: η.
        beta1, beta2: How slowly the averages forget.
        epsilon: ε.
        warming: ψ.

    >>> rule, theta = NAdam(0.1), np.array([1.0])
    >>> rule.update(theta, np.array([500.0]), rule.initialize(theta), step=1, learning_rate=0.1)
    >>> theta.round(6)
    array([0.894355])
    """

    learning_rate: float | Schedule = attrs.field(default=0.002, validator=learning_rate)
    beta1: float = attrs.field(default=0.9, validator=fraction)
    beta2: float = attrs.field(default=0.999, validator=fraction)
    epsilon: float = attrs.field(default=1e-8, validator=positive)
    warming: float = attrs.field(default=0.004, validator=not_negative)

    def initialize(self, value: Array) -> Moments:
        return Moments(np.zeros_like(value), np.zeros_like(value))

    def update(self, value: Array, gradient: Array, slots: Moments, step: int, learning_rate: float) -> None:
        average(slots.mean, gradient, self.beta1)
        divisor = average_square(slots.square, gradient, self.beta2)
        np.divide(slots.square, 1 - self.beta2**step, out=divisor)
        np.sqrt(divisor, out=divisor)
        divisor += self.epsilon
        now, product = self._momentum(step), _product(self.beta1, self.warming, step)
        following = self._momentum(step + 1)
        move = gradient * (learning_rate * (1 - now) / (1 - product))
        move += slots.mean * (learning_rate * following / (1 - product * following))
        move /= divisor
        value -= move

    def _momentum(self, step: int) -> float:
        return float(self.beta1 * (1 - 0.5 * 0.96 ** (step * self.warming)))


@lru_cache(maxsize=64)
def _product(beta1: float, warming: float, steps: int) -> float:
    """Return the product of the first momenta; it is not kept from step to step, so that training can be resumed."""
    if beta1**steps < 1e-20:
        return 0.0
    exponents = np.arange(1, steps + 1) * warming
    return float(np.prod(beta1 * (1 - 0.5 * 0.96**exponents)))
