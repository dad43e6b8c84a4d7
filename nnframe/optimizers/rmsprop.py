"""RMSprop: steps measured by how large gradients lately were."""

from __future__ import annotations

import attrs
import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.checks import fraction, positive, truth
from nnframe.interfaces import Optimizer, Schedule
from nnframe.optimizers.moments import average, average_square
from nnframe.optimizers.rate import learning_rate

__all__ = ["RMSprop", "Recent"]


@frozen(eq=False)
class Recent:
    """What RMSprop remembers: running averages of g² and g, and gathered steps; None where they are not needed."""

    square: Array
    mean: Array | None
    velocity: Array | None


@frozen
class RMSprop(Optimizer[Recent]):
    """v ← ρ v + (1 - ρ) g², θ ← θ - η g / (√v + ε) (Tieleman and Hinton 2012, lecture 6.5).

    Centred, v - m² stands for v, with m ← ρ m + (1 - ρ) g (Graves 2013, section 2). With momentum, the steps before
    η gather in b ← μ b + g / (√v + ε), and θ ← θ - η b.

    Args:
        learning_rate: η.
        rho: How slowly the averages forget.
        momentum: μ in [0, 1).
        epsilon: ε.
        centred: Whether the variance measures, and not the mean square.

    >>> rule, theta = RMSprop(0.1), np.array([1.0])
    >>> rule.update(theta, np.array([500.0]), rule.initialize(theta), step=1, learning_rate=0.1)
    >>> theta.round(6) + 0.0
    array([0.])
    """

    learning_rate: float | Schedule = attrs.field(default=0.01, validator=learning_rate)
    rho: float = attrs.field(default=0.99, validator=fraction)
    momentum: float = attrs.field(default=0.0, validator=fraction)
    epsilon: float = attrs.field(default=1e-8, validator=positive)
    centred: bool = attrs.field(default=False, validator=truth)

    def initialize(self, value: Array) -> Recent:
        zero = np.zeros_like
        return Recent(zero(value), zero(value) if self.centred else None, zero(value) if self.momentum else None)

    def update(self, value: Array, gradient: Array, slots: Recent, step: int, learning_rate: float) -> None:
        move = average_square(slots.square, gradient, self.rho)
        if slots.mean is None:
            np.sqrt(slots.square, out=move)
        else:
            average(slots.mean, gradient, self.rho)
            np.square(slots.mean, out=move)
            np.subtract(slots.square, move, out=move)
            np.sqrt(np.maximum(move, 0, out=move), out=move)
        move += self.epsilon
        np.divide(gradient, move, out=move)
        if slots.velocity is not None:
            velocity = slots.velocity
            velocity *= self.momentum
            velocity += move
            np.copyto(move, velocity)
        move *= learning_rate
        value -= move
