"""Linear: a straight line, up or down."""

from __future__ import annotations

import attrs
from attrs import frozen

from nnframe.checks import not_negative, whole_from_one
from nnframe.interfaces import Progress, Schedule
from nnframe.schedules.clock import Unit, elapsed, unit

__all__ = ["Linear"]


@frozen
class Linear(Schedule):
    """η = base + (end - base) · min(t / length, 1).

    Args:
        base: The first learning rate.
        end: The last.
        length: How long the way is; afterwards η stays.
        unit: Whether it counts steps or epochs.

    >>> schedule = Linear(0.0, 1.0, length=4)
    >>> [schedule(Progress(step=step)) for step in (0, 1, 4, 9)]
    [0.0, 0.25, 1.0, 1.0]
    """

    base: float = attrs.field(validator=not_negative)
    end: float = attrs.field(validator=not_negative)
    length: int = attrs.field(validator=whole_from_one)
    unit: Unit = attrs.field(default="step", validator=unit)

    def __call__(self, progress: Progress) -> float:
        share = min(elapsed(progress, self.unit) / self.length, 1)
        return self.base + (self.end - self.base) * share
