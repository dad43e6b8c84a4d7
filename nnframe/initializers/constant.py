"""Constant: every element is the same number."""

from __future__ import annotations

import attrs
import numpy as np
from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array, Shape
from nnframe.checks import finite
from nnframe.interfaces import Initializer

__all__ = ["Constant"]


@frozen
class Constant(Initializer):
    """θ = value.

    >>> Constant(0.5)((2,), np.random.default_rng(0))
    array([0.5, 0.5])
    """

    value: float = attrs.field(validator=finite)

    def __call__(self, shape: Shape, rng: Generator) -> Array:
        return np.full(shape, float(self.value))
