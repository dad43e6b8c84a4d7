"""HeNormal: normal, with the variance that keeps signals alive for layers with rectifiers."""

from __future__ import annotations

from math import sqrt

from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array, Shape
from nnframe.initializers.fans import fans
from nnframe.interfaces import Initializer

__all__ = ["HeNormal"]


@frozen
class HeNormal(Initializer):
    """θ ~ N(0, 2 / fan_in) (He et al. 2015, equation 10).

    >>> import numpy as np
    >>> weight = HeNormal()((300, 200), np.random.default_rng(0))
    >>> round(float(weight.std() / np.sqrt(2 / 300)), 1)
    1.0
    """

    def __call__(self, shape: Shape, rng: Generator) -> Array:
        fan_in, _ = fans(shape)
        return rng.normal(0.0, sqrt(2 / max(fan_in, 1)), shape)
