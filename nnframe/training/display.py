"""Displays that need no bar: nothing, or a line an epoch."""

from __future__ import annotations

import time

from attrs import define, field

from nnframe.interfaces import Moment
from nnframe.training.pace import Pace, describe_epoch, describe_stop

__all__ = ["Lines", "Silence"]


class Silence:
    """Shows nothing."""

    def start(self, moment: Moment) -> None: ...
    def after_step(self, moment: Moment) -> None: ...
    def after_epoch(self, moment: Moment) -> None: ...
    def finish(self, moment: Moment) -> None: ...


@define
class Lines(Silence):
    """Prints a line after an epoch: the first, the last, and every so many, so that a log stays readable."""

    every: int | None = None
    _pace: Pace = field(factory=Pace)

    def start(self, moment: Moment) -> None:
        self._pace.start(moment, time.perf_counter())

    def after_epoch(self, moment: Moment) -> None:
        self._pace.end_epoch(moment, time.perf_counter())
        every = self.every or max(1, moment.epochs // 10)
        if moment.epoch == 1 or moment.epoch % every == 0 or moment.epoch == moment.epochs or moment.stop_reason:
            print(describe_epoch(moment, self._pace), flush=True)

    def finish(self, moment: Moment) -> None:
        if moment.stop_reason:
            print(describe_stop(moment), flush=True)
