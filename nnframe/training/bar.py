"""The bar in a terminal."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from attrs import define, field

from nnframe.interfaces import Moment
from nnframe.training.display import Silence
from nnframe.training.pace import Pace, describe_measures, describe_stop, duration, part_of_epoch

if TYPE_CHECKING:
    from rich.progress import Progress

__all__ = ["Bar"]


@define(eq=False)
class Bar(Silence):
    """A bar over all epochs, with the measures of the last one and the time left, as wide as the terminal.

    What callbacks print meanwhile stands above it. The line of the last epoch stays.
    """

    _bar: Progress | None = None
    _shown: float = 0.0
    _pace: Pace = field(factory=Pace)
    _text: str = ""

    def start(self, moment: Moment) -> None:
        from rich.progress import BarColumn, Progress, TextColumn
        from rich.table import Column

        whole = Column(no_wrap=True)
        cut = Column(no_wrap=True, overflow="ellipsis", ratio=1)
        self._bar = Progress(
            BarColumn(bar_width=12, table_column=whole),
            TextColumn("{task.description}", markup=False, table_column=cut),
            TextColumn("{task.fields[left]}", markup=False, table_column=whole),
            expand=True,
        )
        self._text = f"epoch {moment.epoch}/{moment.epochs}"
        self._bar.add_task(self._text, total=moment.epochs, completed=moment.epoch, left="")
        self._bar.start()
        self._pace.start(moment, time.perf_counter())

    def after_step(self, moment: Moment) -> None:
        now = time.perf_counter()
        if now - self._shown > 0.1:
            self._shown = now
            text = self._text if self._pace.rate else describe_measures(moment, self._pace)
            self._update(moment.epoch + part_of_epoch(moment), text, self._pace.during(moment, now))

    def after_epoch(self, moment: Moment) -> None:
        self._pace.end_epoch(moment, time.perf_counter())
        self._text = describe_measures(moment, self._pace)
        left = f"{duration(self._pace.left)} left" if moment.epoch < moment.epochs else ""
        self._update(moment.epoch, self._text, left)

    def finish(self, moment: Moment) -> None:
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], left="")
            self._bar.stop()
        if moment.stop_reason:
            print(describe_stop(moment), flush=True)

    def _update(self, completed: float, text: str, left: str) -> None:
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=completed, description=text, left=left)
