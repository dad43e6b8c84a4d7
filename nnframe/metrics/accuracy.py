"""Accuracy: how often the class with the largest score is the right one."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen

from nnframe.arrays import Array
from nnframe.errors import ShapeError
from nnframe.interfaces import Direction
from nnframe.metrics.mean import MeanMetric
from nnframe.metrics.rows import labels_of, nan_where_broken

__all__ = ["Accuracy"]


@frozen
class Accuracy(MeanMetric):
    """The share of rows whose largest output is at the label.

    The prediction is (batch, ..., classes), scores of any kind; the target is labels, or one-hot rows. It is nan
    where a prediction that counts is.

    >>> import numpy as np
    >>> metric = Accuracy()
    >>> metric.value(metric.update(metric.start(), np.array([[0.2, 0.8], [0.7, 0.3]]), np.array([1, 1]), None))
    0.5
    """

    better: ClassVar[Direction] = "max"

    def each(self, prediction: Array, target: object) -> Array:
        if prediction.shape[-1] == 1:
            raise ShapeError(
                "accuracy compares several outputs; for one output, take binary_accuracy and its threshold"
            )
        scores, labels = labels_of(prediction, target)
        return nan_where_broken(scores, scores.argmax(-1) == labels)
