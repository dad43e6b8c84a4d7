"""WarmUp: a gentle start before another schedule."""

from __future__ import annotations

import attrs
from attrs import frozen

from nnframe.checks import not_negative, whole_from_one
from nnframe.interfaces import Progress, Schedule
from nnframe.schedules.clock import Unit, elapsed, later, not_negative_rate, rate_at, unit

__all__ = ["WarmUp"]


@frozen
class WarmUp(Schedule):
    """η = η₀ (start + (1 - start) t / length) for t < length; afterwards ``then``.

    η₀ is the first rate of ``then`` (Goyal et al. 2017, section 2.2).

    Args:
        then: What follows: a number, or a schedule, whose clock begins when the warm-up ends.
        length: How long the warm-up is.
        start: The part of the rate that it begins with.
        unit: Whether it counts steps or epochs.

    >>> schedule = WarmUp(0.5, length=4, start=0.0)
    >>> [schedule(Progress(step=step)) for step in (0, 2, 4, 9)]
    [0.0, 0.25, 0.5, 0.5]
    """

    then: float | Schedule = attrs.field(validator=not_negative_rate)
    length: int = attrs.field(validator=whole_from_one)
    start: float = attrs.field(default=0.01, validator=not_negative)
    unit: Unit = attrs.field(default="step", validator=unit)

    def __call__(self, progress: Progress) -> float:
        time = elapsed(progress, self.unit)
        if time >= self.length:
            return rate_at(self.then, later(progress, self.length, self.unit))
        first = rate_at(self.then, Progress(steps_per_epoch=progress.steps_per_epoch))
        return first * (self.start + (1 - self.start) * time / self.length)
