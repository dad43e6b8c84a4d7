"""MeanAbsolutePercentageError: the mean distance as a part of the target."""

from __future__ import annotations

import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.metrics.mean import MeanMetric
from nnframe.metrics.rows import rows

__all__ = ["MeanAbsolutePercentageError"]


@frozen
class MeanAbsolutePercentageError(MeanMetric):
    """mean |prediction - target| / |target| over rows and outputs: 0.1 is ten per cent.

    Where the target is 0 the smallest step from 1 in float64 stands in for it, as in scikit-learn.

    >>> metric = MeanAbsolutePercentageError()
    >>> metric.value(metric.update(metric.start(), np.array([[1.0], [5.0]]), np.array([[2.0], [4.0]]), None))
    0.375
    """

    def each(self, prediction: Array, target: object) -> Array:
        scores, actual = rows(prediction, target)
        measures: Array = (np.abs(scores - actual) / np.maximum(np.abs(actual), np.finfo(np.float64).eps)).mean(-1)
        return measures
