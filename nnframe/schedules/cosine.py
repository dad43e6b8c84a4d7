"""Cosine: half a wave down."""

from __future__ import annotations

from math import cos, pi

import attrs
from attrs import frozen

from nnframe.checks import not_negative, whole_from_one
from nnframe.interfaces import Progress, Schedule
from nnframe.schedules.clock import Unit, elapsed, unit

__all__ = ["Cosine"]


@frozen
class Cosine(Schedule):
    """η = end + (base - end) · ½ (1 + cos(π min(t / length, 1))) (Loshchilov and Hutter 2017, equation 5).

    Args:
        base: The first learning rate.
        length: How long the way is; afterwards η stays.
        end: The last learning rate.
        unit: Whether it counts steps or epochs.

    >>> schedule = Cosine(1.0, length=4)
    >>> [round(schedule(Progress(step=step)), 3) for step in (0, 1, 2, 4, 9)]
    [1.0, 0.854, 0.5, 0.0, 0.0]
    """

    base: float = attrs.field(validator=not_negative)
    length: int = attrs.field(validator=whole_from_one)
    end: float = attrs.field(default=0.0, validator=not_negative)
    unit: Unit = attrs.field(default="step", validator=unit)

    def __call__(self, progress: Progress) -> float:
        share = min(elapsed(progress, self.unit) / self.length, 1)
        return self.end + (self.base - self.end) * 0.5 * (1 + cos(pi * share))
