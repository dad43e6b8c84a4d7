"""MeanAbsoluteError: the mean distance."""

from __future__ import annotations

import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.metrics.mean import MeanMetric
from nnframe.metrics.rows import rows

__all__ = ["MeanAbsoluteError"]


@frozen
class MeanAbsoluteError(MeanMetric):
    """mean |prediction - target| over rows and outputs.

    >>> metric = MeanAbsoluteError()
    >>> metric.value(metric.update(metric.start(), np.array([[1.0], [5.0]]), np.array([[2.0], [2.0]]), None))
    2.0
    """

    def each(self, prediction: Array, target: object) -> Array:
        scores, actual = rows(prediction, target)
        measures: Array = np.abs(scores - actual).mean(-1)
        return measures
