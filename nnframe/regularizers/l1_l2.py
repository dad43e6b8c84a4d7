"""L1L2: both penalties, also called the elastic net."""

from __future__ import annotations

import attrs
import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.checks import not_negative
from nnframe.interfaces import Regularizer

__all__ = ["L1L2"]


@frozen
class L1L2(Regularizer):
    """l1 · Σ |θ| + l2 · Σ θ² (Zou and Hastie 2005).

    >>> L1L2(l1=1.0, l2=0.5).penalty(np.array([3.0, -1.0]))
    (9.0, array([ 4., -2.]))
    """

    l1: float = attrs.field(default=0.01, validator=not_negative)
    l2: float = attrs.field(default=0.01, validator=not_negative)

    def penalty(self, value: Array) -> tuple[float, Array]:
        total = self.l1 * float(np.abs(value).sum()) + self.l2 * float(np.square(value).sum())
        return total, self.l1 * np.sign(value) + 2 * self.l2 * value
