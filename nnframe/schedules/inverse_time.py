"""InverseTime: down like one over the time."""

from __future__ import annotations

import attrs
from attrs import frozen

from nnframe.checks import not_negative, whole_from_one
from nnframe.interfaces import Progress, Schedule
from nnframe.schedules.clock import Unit, elapsed, unit

__all__ = ["InverseTime"]


@frozen
class InverseTime(Schedule):
    """η = base / (1 + factor · t / every).

    Args:
        base: The first learning rate.
        factor: How fast it falls: after the time ``every``, it is base / (1 + factor).
        every: That time.
        unit: Whether it counts steps or epochs.

    >>> InverseTime(0.75, factor=0.5)(Progress(step=4))
    0.25
    """

    base: float = attrs.field(validator=not_negative)
    factor: float = attrs.field(validator=not_negative)
    every: int = attrs.field(default=1, validator=whole_from_one)
    unit: Unit = attrs.field(default="step", validator=unit)

    def __call__(self, progress: Progress) -> float:
        return self.base / (1 + self.factor * elapsed(progress, self.unit) / self.every)
