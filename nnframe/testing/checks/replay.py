"""Whether the same seed gives the same numbers."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

from nnframe.errors import ConformanceError
from nnframe.testing.check import FUNCTIONS, check
from nnframe.testing.checks.arguments import leaves_arguments
from nnframe.testing.subject import Subject
from nnframe.testing.trees import first_difference, named

__all__ = ["global_randomness", "replays"]


@check("the same seed gives the same numbers", leaves_arguments, kinds=FUNCTIONS)
def replays(subject: Subject) -> None:
    """Parameters, outputs and gradients follow from the seed: random numbers come from the generator it is given.

    NumPy's and Python's global generators are not touched.
    """
    before = global_randomness()
    for case, training in subject.each():
        first, again = (named(case.initialize(case.x, 3), "parameters") for _ in range(2))
        path = first_difference(first, again)
        if path is not None:
            raise ConformanceError(
                f"initialize gives other {path} with the same seed: draw from the rng that it is given"
            )
        path = first_difference(case.evaluate(training).everything(), case.evaluate(training).everything())
        if path is not None:
            mode = "training" if training else "inference"
            raise ConformanceError(
                f"in {mode}, the same input and seed give another {path}: draw from context.rng alone"
            )
    if global_randomness() != before:
        raise ConformanceError("it draws from a global random generator: draw from the one that it is given")


def global_randomness() -> tuple[object, ...]:
    """Return the state of the generators that everybody shares."""
    state: tuple[Any, ...] = np.random.get_state()  # type: ignore[assignment] # noqa: NPY002
    return random.getstate(), state[1].tobytes(), state[2]
