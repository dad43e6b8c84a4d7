"""The bar in a notebook: one output that is written anew."""

from __future__ import annotations

import sys
import time
from html import escape
from importlib import import_module
from typing import Any

from attrs import define, field

from nnframe.interfaces import Moment
from nnframe.training.display import Silence
from nnframe.training.pace import Pace, describe_epoch, describe_measures, describe_stop, part_of_epoch

__all__ = ["Notebook", "in_notebook"]


def in_notebook() -> bool:
    """Return whether a notebook's kernel runs this."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return getattr(shell, "kernel", None) is not None


@define(eq=False)
class Notebook(Silence):
    """A bar over all epochs as HTML, written at most ten times a second. It needs no widgets, and is saved with it."""

    _handle: Any = None
    _html: Any = None
    _shown: float = 0.0
    _pace: Pace = field(factory=Pace)
    _text: str = ""

    def start(self, moment: Moment) -> None:
        ipython: Any = import_module("IPython.display")
        self._html = ipython.HTML
        self._handle = ipython.display(self._html(_bar(moment, 0.0, "")), display_id=True)
        self._pace.start(moment, time.perf_counter())

    def after_step(self, moment: Moment) -> None:
        now = time.perf_counter()
        if now - self._shown > 0.1:
            text = self._text or describe_measures(moment, self._pace)
            self._show(moment, part_of_epoch(moment), f"{text}  {self._pace.during(moment, now)}")

    def after_epoch(self, moment: Moment) -> None:
        now = time.perf_counter()
        self._pace.end_epoch(moment, now)
        self._text = describe_measures(moment, self._pace)
        if now - self._shown > 0.1:
            self._show(moment, 0.0, describe_epoch(moment, self._pace))

    def finish(self, moment: Moment) -> None:
        self._show(moment, 0.0, "\n".join([self._text, *([describe_stop(moment)] if moment.stop_reason else [])]))

    def _show(self, moment: Moment, part: float, text: str) -> None:
        self._shown = time.perf_counter()
        if self._handle is not None:
            self._handle.update(self._html(_bar(moment, part, text)))


def _bar(moment: Moment, part: float, text: str) -> str:
    """Return the bar, with what the text says beside it."""
    done = min((moment.epoch + part) / max(moment.epochs, 1), 1.0)
    return (
        f'<progress max="1" value="{done:.4f}" style="width: 9em; vertical-align: middle"></progress> '
        f'<span style="font-family: monospace; white-space: pre-wrap">{escape(text)}</span>'
    )
