"""HeUniform: uniform, with the variance that keeps signals alive for layers with rectifiers."""

from __future__ import annotations

from math import sqrt

from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array, Shape
from nnframe.initializers.fans import fans
from nnframe.interfaces import Initializer

__all__ = ["HeUniform"]


@frozen
class HeUniform(Initializer):
    """θ ~ U(-a, a), a = √(6 / fan_in); the variance is 2 / fan_in (He et al. 2015, equation 10).

    >>> import numpy as np
    >>> weight = HeUniform()((300, 200), np.random.default_rng(0))
    >>> bool(abs(weight).max() <= np.sqrt(6 / 300))
    True
    """

    def __call__(self, shape: Shape, rng: Generator) -> Array:
        fan_in, _ = fans(shape)
        limit = sqrt(6 / max(fan_in, 1))
        return rng.uniform(-limit, limit, shape)
