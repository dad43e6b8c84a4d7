"""TopKAccuracy: how often the right class is among the k best."""

from __future__ import annotations

from typing import ClassVar

import attrs
import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.checks import whole_from_one
from nnframe.interfaces import Direction
from nnframe.metrics.mean import MeanMetric
from nnframe.metrics.rows import labels_of, nan_where_broken

__all__ = ["TopKAccuracy"]


@frozen
class TopKAccuracy(MeanMetric):
    """The share of rows in which fewer than k outputs are larger than that of the label.

    The prediction is (batch, ..., classes); the target is labels, or one-hot rows. It is nan where a prediction that
    counts is.

    Args:
        k: How many guesses there are.

    >>> metric = TopKAccuracy(k=2)
    >>> scores = np.array([[1.0, 3.0, 6.0], [5.0, 4.0, 1.0]])
    >>> metric.value(metric.update(metric.start(), scores, np.array([1, 2]), None))
    0.5
    """

    better: ClassVar[Direction] = "max"

    k: int = attrs.field(default=5, validator=whole_from_one)

    def each(self, prediction: Array, target: object) -> Array:
        scores, labels = labels_of(prediction, target)
        own = np.take_along_axis(scores, labels[:, None], -1)
        return nan_where_broken(scores, (scores > own).sum(-1) < self.k)
