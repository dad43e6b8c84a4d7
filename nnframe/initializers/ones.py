"""Ones: every element is 1."""

from __future__ import annotations

import numpy as np
from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array, Shape
from nnframe.interfaces import Initializer

__all__ = ["Ones"]


@frozen
class Ones(Initializer):
    """θ = 1.

    >>> Ones()((2,), np.random.default_rng(0))
    array([1., 1.])
    """

    def __call__(self, shape: Shape, rng: Generator) -> Array:
        return np.ones(shape)
