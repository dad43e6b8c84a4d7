"""L2: a penalty that keeps values small."""

from __future__ import annotations

import attrs
import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.checks import not_negative
from nnframe.interfaces import Regularizer

__all__ = ["L2"]


@frozen
class L2(Regularizer):
    """strength · Σ θ², without a factor ½ (Hoerl and Kennard 1970).

    >>> L2(0.5).penalty(np.array([3.0, -1.0]))
    (5.0, array([ 3., -1.]))
    """

    strength: float = attrs.field(default=0.01, validator=not_negative)

    def penalty(self, value: Array) -> tuple[float, Array]:
        return self.strength * float(np.square(value).sum()), 2 * self.strength * value
