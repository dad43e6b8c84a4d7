"""CosineRestarts: half a wave down, and again from the top."""

from __future__ import annotations

from math import cos, pi

import attrs
from attrs import frozen

from nnframe.checks import not_negative, whole_from_one
from nnframe.interfaces import Progress, Schedule
from nnframe.schedules.clock import Unit, elapsed, unit

__all__ = ["CosineRestarts"]


@frozen
class CosineRestarts(Schedule):
    """η = end + (base - end) · ½ (1 + cos(π s / T)), s the time since the last restart (Loshchilov and Hutter 2017).

    The first period T is ``length``, and each is ``growth`` times as long as the one before.

    Args:
        base: The learning rate after each restart.
        length: How long the first period is.
        growth: How much longer each is, a whole number.
        end: What η falls to.
        unit: Whether it counts steps or epochs.

    >>> schedule = CosineRestarts(1.0, length=2, growth=2)
    >>> [round(schedule(Progress(step=step)), 3) for step in (0, 1, 2, 4, 6)]
    [1.0, 0.5, 1.0, 0.5, 1.0]
    """

    base: float = attrs.field(validator=not_negative)
    length: int = attrs.field(validator=whole_from_one)
    growth: int = attrs.field(default=1, validator=whole_from_one)
    end: float = attrs.field(default=0.0, validator=not_negative)
    unit: Unit = attrs.field(default="step", validator=unit)

    def __call__(self, progress: Progress) -> float:
        since, period = elapsed(progress, self.unit), self.length
        if self.growth == 1:
            since %= period
        while since >= period:
            since, period = since - period, period * self.growth
        return self.end + (self.base - self.end) * 0.5 * (1 + cos(pi * since / period))
