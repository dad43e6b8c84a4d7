"""VarianceScaling: any distribution with a variance that fits the number of inputs or outputs."""

from __future__ import annotations

from math import sqrt
from typing import Literal

import attrs
from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array, Shape
from nnframe.checks import positive
from nnframe.initializers.fans import fans
from nnframe.initializers.truncated_normal import TruncatedNormal
from nnframe.interfaces import Initializer

__all__ = ["VarianceScaling"]

_TRUNCATED = 0.87962566103423978  # the standard deviation of the normal distribution between -2 and 2


@frozen
class VarianceScaling(Initializer):
    """Mean 0 and variance scale / n, n the fan-in, the fan-out, or their mean.

    Glorot's, He's and LeCun's initial values are special cases: (1, "average"), (2, "fan_in") and (1, "fan_in").

    Args:
        scale: The variance times n.
        mode: What n is.
        distribution: Normal, normal without what lies beyond two (of its own) deviations, or uniform.

    >>> import numpy as np
    >>> weight = VarianceScaling(2.0, distribution="uniform")((400, 300), np.random.default_rng(0))
    >>> round(float(weight.var() * 400), 1)
    2.0
    """

    scale: float = attrs.field(default=1.0, validator=positive)
    mode: Literal["fan_in", "fan_out", "average"] = attrs.field(
        default="fan_in", validator=attrs.validators.in_(("fan_in", "fan_out", "average"))
    )
    distribution: Literal["normal", "truncated_normal", "uniform"] = attrs.field(
        default="truncated_normal", validator=attrs.validators.in_(("normal", "truncated_normal", "uniform"))
    )

    def __call__(self, shape: Shape, rng: Generator) -> Array:
        fan_in, fan_out = fans(shape)
        count = {"fan_in": fan_in, "fan_out": fan_out, "average": (fan_in + fan_out) / 2}[self.mode]
        deviation = sqrt(self.scale / max(count, 1))
        if self.distribution == "normal":
            return rng.normal(0.0, deviation, shape)
        if self.distribution == "uniform":
            return rng.uniform(-sqrt(3) * deviation, sqrt(3) * deviation, shape)
        return TruncatedNormal(0.0, deviation / _TRUNCATED)(shape, rng)
