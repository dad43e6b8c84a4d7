"""LeCunNormal: normal, with the variance that keeps signals alive for layers with selu."""

from __future__ import annotations

from math import sqrt

from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array, Shape
from nnframe.initializers.fans import fans
from nnframe.interfaces import Initializer

__all__ = ["LeCunNormal"]


@frozen
class LeCunNormal(Initializer):
    """θ ~ N(0, 1 / fan_in) (LeCun et al. 1998, section 4.6).

    >>> import numpy as np
    >>> weight = LeCunNormal()((300, 200), np.random.default_rng(0))
    >>> round(float(weight.std() / np.sqrt(1 / 300)), 1)
    1.0
    """

    def __call__(self, shape: Shape, rng: Generator) -> Array:
        fan_in, _ = fans(shape)
        return rng.normal(0.0, sqrt(1 / max(fan_in, 1)), shape)
