"""FBeta: precision and recall in one number."""

from __future__ import annotations

import attrs
from attrs import frozen

from nnframe.arrays import Array
from nnframe.checks import positive
from nnframe.metrics.counts import ClassCounts, ratio

__all__ = ["FBeta"]


@frozen
class FBeta(ClassCounts):
    """F = (1 + β²) P R / (β² P + R) with precision P and recall R, which is (1 + β²) hits / (predicted + β² actual).

    See ``ClassCounts`` for the other options (van Rijsbergen 1979, chapter 7).

    Args:
        beta: How many times as much recall counts as precision.

    >>> import numpy as np
    >>> metric = FBeta(beta=2.0)
    >>> metric.value(metric.update(metric.start(), np.array([[0.9], [0.1]]), np.array([[1], [1]]), None))
    0.5555555555555556
    """

    beta: float = attrs.field(default=1.0, validator=positive)

    def score(self, hits: Array, predicted: Array, actual: Array) -> Array:
        square = self.beta**2
        return ratio((1 + square) * hits, predicted + square * actual)
