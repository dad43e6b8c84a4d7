"""OneCycle: up, and then far down."""

from __future__ import annotations

from math import cos, pi

import attrs
from attrs import frozen

from nnframe.checks import fraction, not_negative, positive, whole_from_one
from nnframe.interfaces import Progress, Schedule
from nnframe.schedules.clock import Unit, elapsed, unit

__all__ = ["OneCycle"]


@frozen
class OneCycle(Schedule):
    """Half a wave from peak / rise up to peak, then one down to peak / (rise · fall) (Smith and Topin 2019).

    Args:
        peak: The highest learning rate.
        length: How long both take.
        rising: Which part of that the way up takes.
        rise: By what the first learning rate is below the peak.
        fall: By what the last is below the first.
        unit: Whether it counts steps or epochs.

    >>> schedule = OneCycle(1.0, length=11, rising=6 / 11)
    >>> [round(schedule(Progress(step=step)), 3) for step in (0, 5, 10)]
    [0.04, 1.0, 0.0]
    """

    peak: float = attrs.field(validator=not_negative)
    length: int = attrs.field(validator=whole_from_one)
    rising: float = attrs.field(default=0.3, validator=fraction)
    rise: float = attrs.field(default=25.0, validator=positive)
    fall: float = attrs.field(default=1e4, validator=positive)
    unit: Unit = attrs.field(default="step", validator=unit)

    def __call__(self, progress: Progress) -> float:
        time, top, last = elapsed(progress, self.unit), self.rising * self.length - 1, self.length - 1
        start = self.peak / self.rise
        if time < top:
            return _wave(start, self.peak, time / top)
        return _wave(self.peak, start / self.fall, min((time - top) / (last - top), 1))


def _wave(start: float, end: float, share: float) -> float:
    """Go from start to end along half a wave."""
    return end + (start - end) * 0.5 * (1 + cos(pi * share))
