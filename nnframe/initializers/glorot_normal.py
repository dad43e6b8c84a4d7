"""GlorotNormal: normal, with the variance that keeps signals alive for layers with tanh and the like."""

from __future__ import annotations

from math import sqrt

from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array, Shape
from nnframe.initializers.fans import fans
from nnframe.interfaces import Initializer

__all__ = ["GlorotNormal"]


@frozen
class GlorotNormal(Initializer):
    """θ ~ N(0, 2 / (fan_in + fan_out)) (Glorot and Bengio 2010, equation 12).

    >>> import numpy as np
    >>> weight = GlorotNormal()((300, 200), np.random.default_rng(0))
    >>> round(float(weight.std() / np.sqrt(2 / 500)), 1)
    1.0
    """

    def __call__(self, shape: Shape, rng: Generator) -> Array:
        fan_in, fan_out = fans(shape)
        return rng.normal(0.0, sqrt(2 / max(fan_in + fan_out, 1)), shape)
