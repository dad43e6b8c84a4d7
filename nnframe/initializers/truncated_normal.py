"""TruncatedNormal: the bell curve without its ends."""

from __future__ import annotations

import attrs
from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array, Shape
from nnframe.checks import finite, not_negative
from nnframe.interfaces import Initializer

__all__ = ["TruncatedNormal"]


@frozen
class TruncatedNormal(Initializer):
    """θ ~ N(mean, deviation²), given that |θ - mean| ≤ 2 deviations.

    What lies outside is drawn again. The standard deviation of the result is 0.8796 times that of the whole bell.

    >>> import numpy as np
    >>> bool(abs(TruncatedNormal(deviation=0.1)((100,), np.random.default_rng(0))).max() <= 0.2)
    True
    """

    mean: float = attrs.field(default=0.0, validator=finite)
    deviation: float = attrs.field(default=0.05, validator=not_negative)

    def __call__(self, shape: Shape, rng: Generator) -> Array:
        values = rng.standard_normal(shape)
        while (outside := abs(values) > 2).any():
            values[outside] = rng.standard_normal(int(outside.sum()))
        values *= self.deviation
        values += self.mean
        return values
