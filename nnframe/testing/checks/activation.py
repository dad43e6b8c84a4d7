"""What is asked of activations alone."""

from __future__ import annotations

from typing import cast

import numpy as np

from nnframe.arrays import Array
from nnframe.errors import ConformanceError
from nnframe.testing.check import check
from nnframe.testing.checks.examples import forward_follows
from nnframe.testing.subject import Subject

__all__ = ["keeps_shape"]


@check("the output has the shape of the input", forward_follows, kinds=("activation",))
def keeps_shape(subject: Subject) -> None:
    """An activation stands between any two layers."""
    for case in subject.cases:
        given, shape = np.shape(cast("Array", case.x)), np.shape(case.forward(training=False)[0])
        if shape != given:
            raise ConformanceError(f"an input {given} gives an output {shape}: make it a layer")
