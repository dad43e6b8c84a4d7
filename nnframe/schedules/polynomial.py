"""Polynomial: down along a power of the time that is left."""

from __future__ import annotations

import attrs
from attrs import frozen

from nnframe.checks import not_negative, positive, whole_from_one
from nnframe.interfaces import Progress, Schedule
from nnframe.schedules.clock import Unit, elapsed, unit

__all__ = ["Polynomial"]


@frozen
class Polynomial(Schedule):
    """η = end + (base - end) · (1 - min(t / length, 1))^power.

    Args:
        base: The first learning rate.
        length: How long the way is; afterwards η stays.
        power: 1 gives a straight line.
        end: The last learning rate.
        unit: Whether it counts steps or epochs.

    >>> Polynomial(0.8, length=4, power=2.0)(Progress(step=2))
    0.2
    """

    base: float = attrs.field(validator=not_negative)
    length: int = attrs.field(validator=whole_from_one)
    power: float = attrs.field(default=1.0, validator=positive)
    end: float = attrs.field(default=0.0, validator=not_negative)
    unit: Unit = attrs.field(default="step", validator=unit)

    def __call__(self, progress: Progress) -> float:
        left = 1 - min(elapsed(progress, self.unit) / self.length, 1)
        return float(self.end + (self.base - self.end) * left**self.power)
