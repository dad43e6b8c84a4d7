"""MultiStep: a stair with steps at chosen places."""

from __future__ import annotations

from bisect import bisect_right

import attrs
from attrs import frozen

from nnframe.checks import not_negative, rising
from nnframe.interfaces import Progress, Schedule
from nnframe.schedules.clock import Unit, elapsed, milestones, unit

__all__ = ["MultiStep"]


@frozen
class MultiStep(Schedule):
    """η = base · factor^(number of milestones reached).

    Args:
        base: The first learning rate.
        milestones: Where it changes, in rising order.
        factor: By what each of them multiplies.
        unit: Whether it counts steps or epochs.

    >>> schedule = MultiStep(0.8, milestones=(10, 15), factor=0.5)
    >>> [schedule(Progress(step=step)) for step in (9, 10, 15)]
    [0.8, 0.4, 0.2]
    """

    base: float = attrs.field(validator=not_negative)
    milestones: tuple[int, ...] = attrs.field(converter=milestones, validator=rising)
    factor: float = attrs.field(default=0.1, validator=not_negative)
    unit: Unit = attrs.field(default="step", validator=unit)

    def __call__(self, progress: Progress) -> float:
        return self.base * self.factor ** bisect_right(self.milestones, elapsed(progress, self.unit))
