"""Normal: the bell curve."""

from __future__ import annotations

import attrs
from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array, Shape
from nnframe.checks import finite, not_negative
from nnframe.interfaces import Initializer

__all__ = ["Normal"]


@frozen
class Normal(Initializer):
    """θ ~ N(mean, deviation²).

    >>> import numpy as np
    >>> Normal(mean=3.0, deviation=0.0)((2,), np.random.default_rng(0))
    array([3., 3.])
    """

    mean: float = attrs.field(default=0.0, validator=finite)
    deviation: float = attrs.field(default=0.05, validator=not_negative)

    def __call__(self, shape: Shape, rng: Generator) -> Array:
        return rng.normal(self.mean, self.deviation, shape)
