"""MeanSquaredError: the mean square of the distance."""

from __future__ import annotations

import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.metrics.mean import MeanMetric
from nnframe.metrics.rows import rows

__all__ = ["MeanSquaredError"]


@frozen
class MeanSquaredError(MeanMetric):
    """mean (prediction - target)² over rows and outputs.

    >>> metric = MeanSquaredError()
    >>> metric.value(metric.update(metric.start(), np.array([[1.0], [5.0]]), np.array([[2.0], [2.0]]), None))
    5.0
    """

    def each(self, prediction: Array, target: object) -> Array:
        scores, actual = rows(prediction, target)
        measures: Array = np.square(scores - actual).mean(-1)
        return measures
