"""L1: a penalty that drives small values to 0."""

from __future__ import annotations

import attrs
import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.checks import not_negative
from nnframe.interfaces import Regularizer

__all__ = ["L1"]


@frozen
class L1(Regularizer):
    """strength · Σ |θ|. The derivative at 0 is taken to be 0 (Tibshirani 1996).

    >>> L1(0.1).penalty(np.array([3.0, -2.0]))
    (0.5, array([ 0.1, -0.1]))
    """

    strength: float = attrs.field(default=0.01, validator=not_negative)

    def penalty(self, value: Array) -> tuple[float, Array]:
        return self.strength * float(np.abs(value).sum()), self.strength * np.sign(value)
