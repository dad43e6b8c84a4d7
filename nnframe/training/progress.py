"""How training shows itself: a bar in a terminal or a notebook, a line an epoch elsewhere, or nothing."""

from __future__ import annotations

import sys
import time
from typing import Literal

from attrs import define, field

from nnframe.interfaces import Display, Moment
from nnframe.training.pace import Pace, describe_epoch, describe_stop

__all__ = ["STYLES", "Lines", "Silence", "Style", "choose_display", "display_of"]

Style = Literal["auto", "bar", "notebook", "lines", "none"]
STYLES: tuple[Style, ...] = ("auto", "bar", "notebook", "lines", "none")


def choose_display(progress: bool) -> Display:
    """Return what fits where the output goes; nothing where none is wanted."""
    return display_of("auto" if progress else "none")


def display_of(style: Style, every: int | None = None) -> Display:
    """Return a display; ``every`` is after how many epochs a line is printed, by default ten a run."""
    if style == "auto":
        style = _fitting()
    if style == "bar":
        from nnframe.training.bar import Bar

        return Bar()
    if style == "notebook":
        from nnframe.training.notebook import Notebook

        return Notebook()
    return Lines(every) if style == "lines" else Silence()


def _fitting() -> Style:
    from nnframe.training.notebook import in_notebook

    if in_notebook():
        return "notebook"
    return "bar" if sys.stdout is not None and sys.stdout.isatty() else "lines"


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
