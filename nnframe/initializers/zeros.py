"""Zeros: every element is 0."""

from __future__ import annotations

import numpy as np
from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array, Shape
from nnframe.interfaces import Initializer

__all__ = ["Zeros"]


@frozen
class Zeros(Initializer):
    """θ = 0.

    >>> Zeros()((2,), np.random.default_rng(0))
    array([0., 0.])
    """

    def __call__(self, shape: Shape, rng: Generator) -> Array:
        return np.zeros(shape)
