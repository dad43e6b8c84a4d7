"""Accuracy: how often the class with the largest score is the right one."""

from __future__ import annotations

import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.errors import ShapeError
from nnframe.metrics.mean import MeanMetric
from nnframe.metrics.rows import labels_of

__all__ = ["Accuracy"]


@frozen
class Accuracy(MeanMetric):
    """The share of rows whose largest output is at the label.

    The prediction is (batch, ..., classes), scores of any kind; the target is labels, or one-hot rows.

    >>> metric = Accuracy()
    >>> metric.value(metric.update(metric.start(), np.array([[0.2, 0.8], [0.7, 0.3]]), np.array([1, 1]), None))
    0.5
    """

    def each(self, prediction: Array, target: object) -> Array:
        if prediction.shape[-1] == 1:
            raise ShapeError(
                "accuracy compares several outputs; for one output, take binary_accuracy and its threshold"
            )
        scores, labels = labels_of(prediction, target)
        measures: Array = (scores.argmax(-1) == labels).astype(np.float64)
        return measures
