"""Whether what comes out for an example depends on that example alone."""

from __future__ import annotations

import numpy as np

from nnframe.arrays import Array
from nnframe.composition.tree import convert
from nnframe.errors import ConformanceError
from nnframe.testing.case import Case
from nnframe.testing.check import FUNCTIONS, NotApplicable, check
from nnframe.testing.checks.batches import batch_sizes
from nnframe.testing.subject import Subject
from nnframe.testing.trees import close, named

__all__ = ["independent"]


@check("examples are independent", batch_sizes, kinds=FUNCTIONS)
def independent(subject: Subject) -> None:
    """An example gives the same output by itself and among others.

    A layer for which this is not so, as for batch normalization, says so by the property ``batch_independent``.
    """
    if not getattr(subject.part, "batch_independent", True):
        raise NotApplicable(f"{subject.name} declares otherwise")
    for case, training in subject.each():
        _alone(case)
        _neighbour(case, training)


def _alone(case: Case) -> None:
    together = named(case.forward(training=False)[0], "output")
    by_itself = named(case.examples([0]).forward(training=False)[0], "output")
    for path, array in together.items():
        scale = float(np.abs(array).max()) if array.size else 0.0
        if not close(array[:1], by_itself[path], scale):
            raise ConformanceError(
                f"of an input {case.label}, an example gives another {path} by itself than among others: {_REMEDY}"
            )


def _neighbour(case: Case, training: bool) -> None:
    """Move the last example, with the same random numbers, and look at the others."""
    before = named(case.forward(training)[0], "output")
    after = named(case.forward(training, x=convert(case.x, _last_moved))[0], "output")
    for path, array in before.items():
        if not close(array[:-1], after[path][:-1]):
            mode = "training" if training else "inference"
            raise ConformanceError(f"in {mode}, moving one example changes the {path} of others: {_REMEDY}")


_REMEDY = "reduce over the axes behind the first, or declare batch_independent = False"


def _last_moved(array: Array) -> Array:
    moved = array.copy()
    moved[-1] = array[0]
    return moved
