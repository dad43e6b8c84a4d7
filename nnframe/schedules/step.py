"""Step: a stair with steps of one length."""

from __future__ import annotations

import attrs
from attrs import frozen

from nnframe.checks import not_negative, whole_from_one
from nnframe.interfaces import Progress, Schedule
from nnframe.schedules.clock import Unit, elapsed, unit

__all__ = ["Step"]


@frozen
class Step(Schedule):
    """η = base · factor^⌊t / every⌋.

    Args:
        base: The first learning rate.
        every: The length of a step.
        factor: By what each step multiplies.
        unit: Whether it counts steps or epochs.

    >>> schedule = Step(0.8, every=10, factor=0.5)
    >>> [schedule(Progress(step=step)) for step in (0, 9, 10, 20)]
    [0.8, 0.8, 0.4, 0.2]
    """

    base: float = attrs.field(validator=not_negative)
    every: int = attrs.field(validator=whole_from_one)
    factor: float = attrs.field(default=0.1, validator=not_negative)
    unit: Unit = attrs.field(default="step", validator=unit)

    def __call__(self, progress: Progress) -> float:
        return self.base * self.factor ** (elapsed(progress, self.unit) // self.every)
