"""Uniform: anywhere in an interval around 0."""

from __future__ import annotations

import attrs
from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array, Shape
from nnframe.checks import not_negative
from nnframe.interfaces import Initializer

__all__ = ["Uniform"]


@frozen
class Uniform(Initializer):
    """θ ~ U(-ε, ε).

    Args:
        epsilon: ε.

    >>> import numpy as np
    >>> bool(abs(Uniform(0.1)((100,), np.random.default_rng(0))).max() <= 0.1)
    True
    """

    epsilon: float = attrs.field(default=0.05, validator=not_negative)

    def __call__(self, shape: Shape, rng: Generator) -> Array:
        return rng.uniform(-self.epsilon, self.epsilon, shape)
