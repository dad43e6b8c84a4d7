"""Whether a part can be used by several threads at once."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import FrameType
from typing import Any

import numpy as np
from attrs import define

from nnframe.errors import ConformanceError
from nnframe.testing.case import Case
from nnframe.testing.check import FUNCTIONS, check
from nnframe.testing.checks.pullback import belongs_to_forward, called_twice
from nnframe.testing.subject import Subject
from nnframe.testing.trees import Arrays, first_difference

__all__ = ["threads"]

SWITCHES = 300
PATIENCE = 1.0


@define(eq=False)
class Switcher:
    """Calls a function between the steps of a package's code.

    Attributes:
        package: The package.
        switch: What is called; once it takes too long, because it waits for a lock, it is called no more.
        stride: After how many steps.
        count: How many steps there were.
    """

    package: str
    switch: Callable[[], None]
    stride: int
    count: int = 0
    waits: bool = False

    def enter(self, frame: FrameType, event: str, argument: Any) -> Callable[..., Any] | None:
        """Look at a function that is entered."""
        name = str(frame.f_globals.get("__name__", ""))
        if name.partition(".")[0] != self.package or name.startswith("nnframe.testing"):
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        return self.step

    def step(self, frame: FrameType, event: str, argument: Any) -> Callable[..., Any]:
        """Count a step, and switch if it is time."""
        if event == "opcode":
            self.count += 1
            if self.count % self.stride == 0 and not self.waits:
                try:
                    self.switch()
                except TimeoutError:
                    self.waits = True
        return self.step


@check("several threads can use it at once", called_twice, belongs_to_forward, kinds=FUNCTIONS)
def threads(subject: Subject) -> None:
    """A thread gets what it would get by itself while another runs the part at other inputs, wherever they switch.

    What is kept outside of forward, in the module or the class, is shared by all threads. The check does not wait for
    a switch to happen: it lets a second thread run between the steps of the first.
    """
    case = subject.cases[0]
    training = case.modes[-1]
    expected = case.evaluate(training).everything()
    other = case.other()
    package = subject.cls.__module__.partition(".")[0]
    steps = Switcher(package, lambda: None, 1)
    _traced(case, training, steps)
    with ThreadPoolExecutor(1) as pool:

        def switch() -> None:
            pool.submit(_evaluate, other, training).result(PATIENCE)

        found = _traced(case, training, Switcher(package, switch, max(1, steps.count // SWITCHES)))
    path = first_difference(expected, found)
    if path is not None:
        raise ConformanceError(f"with another thread at work, the {path} is another one: keep nothing outside forward")


def _evaluate(case: Case, training: bool) -> Arrays:
    with np.errstate(all="ignore"):
        return case.evaluate(training).everything()


def _traced(case: Case, training: bool, switcher: Switcher) -> Arrays:
    before = sys.gettrace()
    sys.settrace(switcher.enter)
    try:
        return _evaluate(case, training)
    finally:
        sys.settrace(before)
