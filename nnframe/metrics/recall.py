"""Recall: how much of a class was found."""

from __future__ import annotations

from attrs import frozen

from nnframe.arrays import Array
from nnframe.metrics.counts import ClassCounts, ratio

__all__ = ["Recall"]


@frozen
class Recall(ClassCounts):
    """hits / actual, for each class (see ``ClassCounts`` for the options).

    >>> import numpy as np
    >>> metric = Recall()
    >>> metric.value(metric.update(metric.start(), np.array([[0.9], [0.1]]), np.array([[1], [1]]), None))
    0.5
    """

    def score(self, hits: Array, predicted: Array, actual: Array) -> Array:
        return ratio(hits, actual)
