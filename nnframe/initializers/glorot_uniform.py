"""GlorotUniform: uniform, with the variance that keeps signals alive for layers with tanh and the like."""

from __future__ import annotations

from math import sqrt

from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array, Shape
from nnframe.initializers.fans import fans
from nnframe.interfaces import Initializer

__all__ = ["GlorotUniform"]


@frozen
class GlorotUniform(Initializer):
    """θ ~ U(-a, a), a = √(6 / (fan_in + fan_out)); the variance is 2 / (fan_in + fan_out).

    Glorot and Bengio 2010, equation 16.

    >>> import numpy as np
    >>> weight = GlorotUniform()((300, 200), np.random.default_rng(0))
    >>> bool(abs(weight).max() <= np.sqrt(6 / 500))
    True
    """

    def __call__(self, shape: Shape, rng: Generator) -> Array:
        fan_in, fan_out = fans(shape)
        limit = sqrt(6 / max(fan_in + fan_out, 1))
        return rng.uniform(-limit, limit, shape)
