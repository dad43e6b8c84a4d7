"""Whether a part can be used by several threads at once."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np

from nnframe.errors import ConformanceError
from nnframe.testing.case import Case
from nnframe.testing.check import FUNCTIONS, check
from nnframe.testing.checks.pullback import belongs_to_forward, called_twice
from nnframe.testing.subject import Subject
from nnframe.testing.trees import Arrays, first_difference

__all__ = ["threads"]

THREADS = 4
ROUNDS = 12


@check("several threads can use it at once", called_twice, belongs_to_forward, kinds=FUNCTIONS)
def threads(subject: Subject) -> None:
    """Threads that run it at the same time, at different inputs, get what each would get by itself.

    What is kept outside of forward, in the module or the class, is shared by all threads.
    """
    case = subject.cases[0]
    cases = [case, case.other(), case.other().other(), case.other().other().other()][:THREADS]
    training = case.modes[-1]
    expected = [each.evaluate(training).everything() for each in cases]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        barrier = Barrier(THREADS)
        with ThreadPoolExecutor(THREADS) as pool:
            wrong = list(
                pool.map(lambda number: _differs(cases[number], expected[number], training, barrier), range(THREADS))
            )
    finally:
        sys.setswitchinterval(interval)
    path = next((path for path in wrong if path), None)
    if path is not None:
        raise ConformanceError(
            f"with {THREADS} threads at work, the {path} is another one: keep nothing outside forward"
        )


def _differs(case: Case, expected: Arrays, training: bool, barrier: Barrier) -> str | None:
    barrier.wait()
    with np.errstate(all="ignore"):
        for _ in range(ROUNDS):
            path = first_difference(expected, case.evaluate(training).everything())
            if path is not None:
                return path
    return None
