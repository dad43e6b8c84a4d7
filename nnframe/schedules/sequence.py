"""Sequence: one schedule after another."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping

import attrs
from attrs import frozen

from nnframe import registry
from nnframe.checks import rising
from nnframe.interfaces import Progress, Schedule
from nnframe.schedules.clock import Unit, elapsed, later, milestones, unit

__all__ = ["Sequence"]


def _as_schedules(specs: Iterable[Schedule | str | Mapping[str, object]]) -> tuple[Schedule, ...]:
    return tuple(registry.schedules.resolve(spec) for spec in specs)


@frozen
class Sequence(Schedule):
    """η is that of the first schedule up to the first milestone, then that of the second, and so on.

    Each schedule's clock begins where its turn does.

    Args:
        schedules: The schedules, one more than there are milestones.
        milestones: Where the turn passes on, in rising order.
        unit: Whether it counts steps or epochs.

    >>> from nnframe.schedules import Constant, Linear
    >>> schedule = Sequence((Linear(0.0, 0.5, length=4), Constant(0.2)), milestones=(4,))
    >>> [schedule(Progress(step=step)) for step in (0, 2, 4)]
    [0.0, 0.25, 0.2]
    """

    schedules: tuple[Schedule, ...] = attrs.field(converter=_as_schedules)
    milestones: tuple[int, ...] = attrs.field(converter=milestones, validator=rising)
    unit: Unit = attrs.field(default="step", validator=unit)

    def __attrs_post_init__(self) -> None:
        if len(self.schedules) != len(self.milestones) + 1:
            raise ValueError(
                f"{len(self.schedules)} schedules need {len(self.schedules) - 1} milestones between them, "
                f"and there are {len(self.milestones)}"
            )

    def __call__(self, progress: Progress) -> float:
        turn = bisect_right(self.milestones, elapsed(progress, self.unit))
        start = self.milestones[turn - 1] if turn else 0
        return self.schedules[turn](later(progress, start, self.unit))
