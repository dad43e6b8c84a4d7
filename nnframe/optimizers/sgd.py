"""SGD: gradient descent, with or without momentum."""

from __future__ import annotations

import attrs
import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.checks import fraction, truth
from nnframe.compiled import compiles
from nnframe.compiled.updates import descend
from nnframe.interfaces import NoSlots, Optimizer, Schedule
from nnframe.optimizers.rate import learning_rate

__all__ = ["SGD", "Velocity"]


@frozen(eq=False)
class Velocity:
    """What SGD with momentum remembers."""

    velocity: Array


@frozen
class SGD(Optimizer[NoSlots | Velocity]):
    """θ ← θ - η g; with momentum, v ← μ v + g and θ ← θ - η v, or θ ← θ - η (g + μ v) for Nesterov's form.

    Polyak 1964; Sutskever et al. 2013 for Nesterov's momentum, in the form that needs the gradient at θ only.

    Args:
        learning_rate: η.
        momentum: μ in [0, 1).
        nesterov: Whether the step looks ahead.

    >>> theta = np.array([1.0])
    >>> SGD(0.1).update(theta, np.array([2.0]), NoSlots(), step=1, learning_rate=0.1)
    >>> theta
    array([0.8])
    """

    learning_rate: float | Schedule = attrs.field(default=0.01, validator=learning_rate)
    momentum: float = attrs.field(default=0.0, validator=fraction)
    nesterov: bool = attrs.field(default=False, validator=truth)

    def __attrs_post_init__(self) -> None:
        if self.nesterov and not self.momentum:
            raise ValueError("nesterov needs a momentum above 0, such as momentum=0.9")

    def initialize(self, value: Array) -> NoSlots | Velocity:
        return Velocity(np.zeros_like(value)) if self.momentum else NoSlots()

    def update(self, value: Array, gradient: Array, slots: NoSlots | Velocity, step: int, learning_rate: float) -> None:
        move = gradient
        if isinstance(slots, Velocity):
            move = slots.velocity
            move *= self.momentum
            move += gradient
            if self.nesterov:
                move = self.momentum * move
                move += gradient
        if compiles(value, move):
            descend(value.reshape(-1), move.reshape(-1), learning_rate)
        else:
            value -= learning_rate * move
