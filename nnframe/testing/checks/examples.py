"""Whether a part takes an example, and forward what initialize took."""

from __future__ import annotations

import numpy as np

from nnframe.errors import ConformanceError
from nnframe.interfaces import Context
from nnframe.testing.check import FUNCTIONS, check
from nnframe.testing.checks.definition import is_part
from nnframe.testing.examples.cases import ForwardError
from nnframe.testing.subject import Subject

__all__ = ["forward_follows", "initialize_takes"]


@check("takes an example input", is_part, kinds=FUNCTIONS)
def initialize_takes(subject: Subject) -> None:
    """There is an input that it takes: one that the author gives, or one of many forms that the kit tries."""
    try:
        found = subject.cases
    except ForwardError:
        return  # the next check says so
    if not found:
        raise ConformanceError(f"{subject.name} takes none of the example inputs")


@check("forward takes what initialize took", initialize_takes, kinds=FUNCTIONS)
def forward_follows(subject: Subject) -> None:
    """The parameters that initialize makes for an input are those that forward needs for it; it gives real numbers.

    Forward returns the output and its pullback.
    """
    for case in subject.cases:
        _, pullback = case.forward(False, context=Context(rng=np.random.default_rng(0)))
        if not callable(pullback):
            raise ConformanceError(f"the second thing that forward returns is no pullback: {pullback!r:.60}")
