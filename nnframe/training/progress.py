"""How training shows itself: a bar in a terminal, a line an epoch elsewhere, or nothing."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from attrs import define, field

from nnframe.interfaces import Display, Moment

if TYPE_CHECKING:
    from rich.progress import Progress

__all__ = ["choose_display", "describe_epoch"]


def choose_display(progress: bool) -> Display:
    """Return a bar where standard output is a terminal, lines where it is not, nothing where none is wanted."""
    if not progress:
        return Silence()
    return Bar() if sys.stdout.isatty() else Lines()


def describe_epoch(moment: Moment, seconds: float) -> str:
    """Write one epoch on one line: its number, its measures, steps a second.

    >>> from nnframe import Model
    >>> moment = Moment(Model(["tanh"], input_shape=(1,)), epochs=3, epoch=1, step=50, logs={"loss": 0.123456})
    >>> describe_epoch(moment, 0.5)
    'epoch 1/3  loss 0.1235  100 steps/s'
    """
    measures = "  ".join(f"{name} {value:.4g}" for name, value in moment.logs.items() if name != "learning_rate")
    rate = moment.step / seconds if seconds else 0.0
    return f"epoch {moment.epoch}/{moment.epochs}  {measures}  {rate:,.0f} steps/s"


class Silence:
    """Shows nothing."""

    def start(self, moment: Moment) -> None: ...
    def after_step(self, moment: Moment) -> None: ...
    def after_epoch(self, moment: Moment) -> None: ...
    def finish(self, moment: Moment) -> None: ...


@define
class Lines(Silence):
    """Prints a line after an epoch, at most ten a run and the last, so that a log stays readable."""

    _began: float = 0.0

    def start(self, moment: Moment) -> None:
        self._began = time.perf_counter()

    def after_epoch(self, moment: Moment) -> None:
        every = max(1, moment.epochs // 10)
        seconds, self._began = time.perf_counter() - self._began, time.perf_counter()
        if moment.epoch == 1 or moment.epoch % every == 0 or moment.epoch == moment.epochs or moment.stop_reason:
            print(describe_epoch(moment, seconds), flush=True)

    def finish(self, moment: Moment) -> None:
        if moment.stop_reason:
            print(f"stopped after epoch {moment.epoch}: {moment.stop_reason}", flush=True)


@define(eq=False)
class Bar(Silence):
    """A bar over all epochs, with the measures of the last one and the time left."""

    _bar: Progress | None = None
    _shown: float = 0.0
    _began: float = 0.0
    _text: str = field(default="")

    def start(self, moment: Moment) -> None:
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self._bar = Progress(BarColumn(bar_width=20), TextColumn("{task.description}"), TimeRemainingColumn())
        self._bar.add_task("epoch 0", total=moment.epochs)
        self._bar.start()
        self._began = time.perf_counter()

    def after_step(self, moment: Moment) -> None:
        now = time.perf_counter()
        if self._bar is not None and now - self._shown > 0.1:
            self._shown = now
            part = moment.step / moment.steps_per_epoch if moment.steps_per_epoch else 0.0
            self._bar.update(self._bar.task_ids[0], completed=moment.epoch + part)

    def after_epoch(self, moment: Moment) -> None:
        now = time.perf_counter()
        self._text, self._began = describe_epoch(moment, now - self._began), now
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=moment.epoch, description=self._text)

    def finish(self, moment: Moment) -> None:
        if self._bar is not None:
            self._bar.stop()
        if moment.stop_reason:
            print(f"stopped after epoch {moment.epoch}: {moment.stop_reason}")
