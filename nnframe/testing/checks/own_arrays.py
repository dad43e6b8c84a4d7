"""Whether parameters are arrays of their own."""

from __future__ import annotations

import itertools

import numpy as np

from nnframe.arrays import Array
from nnframe.errors import ConformanceError
from nnframe.testing.check import NotApplicable, check
from nnframe.testing.checks.replay import replays
from nnframe.testing.subject import Subject
from nnframe.testing.trees import named

__all__ = ["parameters_own"]


@check("initial parameters are float64 arrays of their own", replays, kinds=("layer",))
def parameters_own(subject: Subject) -> None:
    """Initialize makes finite float64 arrays, one for each parameter: the model casts them and moves each by itself."""
    arrays: dict[str, Array] = {}
    for case in subject.cases:
        arrays = named(case.parameters)
        for path, array in arrays.items():
            if array.dtype != np.float64:
                raise ConformanceError(
                    f"initialize makes {path!r} of {array.dtype}, not of float64, which a model casts"
                )
            if not np.isfinite(array).all():
                raise ConformanceError(f"initialize makes {path!r} with values that are not finite")
        for (path, one), (other_path, other) in itertools.combinations(arrays.items(), 2):
            if (one is not other and np.shares_memory(one, other)) or (one is other and not subject.part.children):
                raise ConformanceError(f"{path!r} and {other_path!r} are one array: a step would move both")
    if not arrays:
        raise NotApplicable(f"{subject.name} has no parameters")
