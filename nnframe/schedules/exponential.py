"""Exponential: the same part off at each step."""

from __future__ import annotations

import attrs
from attrs import frozen

from nnframe.checks import not_negative, whole_from_one
from nnframe.interfaces import Progress, Schedule
from nnframe.schedules.clock import Unit, elapsed, unit

__all__ = ["Exponential"]


@frozen
class Exponential(Schedule):
    """η = base · factor^(t / every).

    Args:
        base: The first learning rate.
        factor: By what it is multiplied in the time ``every``.
        every: That time.
        unit: Whether it counts steps or epochs.

    >>> Exponential(0.8, factor=0.5)(Progress(step=3))
    0.1
    """

    base: float = attrs.field(validator=not_negative)
    factor: float = attrs.field(validator=not_negative)
    every: int = attrs.field(default=1, validator=whole_from_one)
    unit: Unit = attrs.field(default="step", validator=unit)

    def __call__(self, progress: Progress) -> float:
        return float(self.base * self.factor ** (elapsed(progress, self.unit) / self.every))
