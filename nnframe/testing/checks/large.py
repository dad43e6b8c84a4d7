"""Whether large inputs stay numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnframe.errors import ConformanceError, NNFrameError
from nnframe.testing.case import Case
from nnframe.testing.check import FUNCTIONS, NotApplicable, check
from nnframe.testing.checks.dtypes import keeps_dtype
from nnframe.testing.subject import Subject
from nnframe.testing.trees import cast_floats

__all__ = ["stays_finite"]

SIZES = (0.0, 30.0, 1000.0)


@check("large inputs give no NaN", keeps_dtype, kinds=FUNCTIONS)
def stays_finite(subject: Subject) -> None:
    """Zeros, and inputs some hundred times larger, give numbers, in float32 too: exp(x) / sum(exp(x)) does not.

    An infinity passes: an exponential has nothing else to give.
    """
    looked = 0
    for case in subject.cases:
        if not case.real:
            continue
        for dtype in ("float64", "float32"):
            looked += sum(_finite(case.cast(dtype), size) for size in SIZES)
    if not looked:
        raise NotApplicable(f"{subject.name} takes no inputs of such a size")


def _finite(case: Case, size: float) -> bool:
    x: Any = cast_floats(case.x, "float64")
    dtype = _dtype(case)
    large = tuple(size * part for part in x) if isinstance(x, tuple) else size * x
    try:
        done = case.evaluate(training=False, x=cast_floats(large, dtype))
    except NNFrameError:
        return False  # it says itself that it does not take that
    for path, array in (done.outputs | done.gradients).items():
        if np.isnan(array).any():
            what = path if path.startswith("output") else f"gradient of {path}"
            raise ConformanceError(f"{dtype} inputs around {size:g} give NaN in the {what}")
    return True


def _dtype(case: Case) -> str:
    x: Any = case.x[0] if isinstance(case.x, tuple) else case.x
    return str(x.dtype)
