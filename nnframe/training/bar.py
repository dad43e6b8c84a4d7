"""The bar in a terminal."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from attrs import define, field

from nnframe.interfaces import Moment
from nnframe.training.pace import Pace, describe_epoch, describe_stop, duration
from nnframe.training.progress import Silence

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

        text = Column(no_wrap=True, overflow="ellipsis", ratio=1)
        self._bar = Progress(
            BarColumn(bar_width=12, table_column=Column(no_wrap=True)),
            TextColumn("{task.description}", markup=False, table_column=text),
            expand=True,
        )
        self._bar.add_task(f"epoch {moment.epoch}/{moment.epochs}", total=moment.epochs, completed=moment.epoch)
        self._bar.start()
        self._pace.start(moment, time.perf_counter())

    def after_step(self, moment: Moment) -> None:
        now = time.perf_counter()
        if now - self._shown > 0.1:
            self._shown = now
            part = moment.step / moment.steps_per_epoch if moment.steps_per_epoch else 0.0
            text = self._text or f"epoch {moment.epoch}/{moment.epochs}  loss {moment.logs.get('loss', 0.0):.4g}"
            left = f"  {duration(self._pace.during(moment, now))} left" if part else ""
            self._update(moment.epoch + part, text + left)

    def after_epoch(self, moment: Moment) -> None:
        self._pace.end_epoch(moment, time.perf_counter())
        text = describe_epoch(moment, self._pace)
        self._text = text.removesuffix(f"  {duration(self._pace.left)} left")
        self._update(moment.epoch, text)

    def finish(self, moment: Moment) -> None:
        if self._bar is not None:
            self._bar.stop()
        if moment.stop_reason:
            print(describe_stop(moment), flush=True)

    def _update(self, completed: float, text: str) -> None:
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=completed, description=text)
