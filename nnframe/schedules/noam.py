"""Noam: up in a straight line, then down like one over the root of the time."""

from __future__ import annotations

import attrs
from attrs import frozen

from nnframe.checks import not_negative, whole_from_one
from nnframe.interfaces import Progress, Schedule
from nnframe.schedules.clock import Unit, elapsed, unit

__all__ = ["Noam"]


@frozen
class Noam(Schedule):
    """η = factor · features^-½ · min(s^-½, s · warm_up^-1½), s = t + 1 (Vaswani et al. 2017, equation 3).

    Args:
        features: The width of the model.
        warm_up: How long the way up is.
        factor: Multiplies all of it.
        unit: Whether it counts steps or epochs.

    >>> round(Noam(features=4, warm_up=16)(Progress(step=15)), 6)
    0.125
    """

    features: int = attrs.field(validator=whole_from_one)
    warm_up: int = attrs.field(validator=whole_from_one)
    factor: float = attrs.field(default=1.0, validator=not_negative)
    unit: Unit = attrs.field(default="step", validator=unit)

    def __call__(self, progress: Progress) -> float:
        time = elapsed(progress, self.unit) + 1
        return float(self.factor * self.features**-0.5 * min(time**-0.5, time * self.warm_up**-1.5))
