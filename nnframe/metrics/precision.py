"""Precision: how much of what was called a class is of it."""

from __future__ import annotations

from attrs import frozen

from nnframe.arrays import Array
from nnframe.metrics.counts import ClassCounts, ratio

__all__ = ["Precision"]


@frozen
class Precision(ClassCounts):
    """hits / predicted, for each class (see ``ClassCounts`` for the options).

    >>> import numpy as np
    >>> metric = Precision()
    >>> metric.value(metric.update(metric.start(), np.array([[0.9], [0.1]]), np.array([[1], [1]]), None))
    1.0
    """

    def score(self, hits: Array, predicted: Array, actual: Array) -> Array:
        return ratio(hits, predicted)
