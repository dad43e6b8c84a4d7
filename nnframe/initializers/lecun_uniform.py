"""LeCunUniform: uniform, with the variance that keeps signals alive for layers with selu."""

from __future__ import annotations

from math import sqrt

from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array, Shape
from nnframe.initializers.fans import fans
from nnframe.interfaces import Initializer

__all__ = ["LeCunUniform"]


@frozen
class LeCunUniform(Initializer):
    """θ ~ U(-a, a), a = √(3 / fan_in); the variance is 1 / fan_in (LeCun et al. 1998, section 4.6).

    >>> import numpy as np
    >>> weight = LeCunUniform()((300, 200), np.random.default_rng(0))
    >>> bool(abs(weight).max() <= np.sqrt(3 / 300))
    True
    """

    def __call__(self, shape: Shape, rng: Generator) -> Array:
        fan_in, _ = fans(shape)
        limit = sqrt(3 / max(fan_in, 1))
        return rng.uniform(-limit, limit, shape)
