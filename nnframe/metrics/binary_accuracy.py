"""BinaryAccuracy: how often yes or no is right."""

from __future__ import annotations

from typing import ClassVar

import attrs
from attrs import frozen

from nnframe.arrays import Array
from nnframe.checks import finite
from nnframe.interfaces import Direction
from nnframe.metrics.mean import MeanMetric
from nnframe.metrics.rows import nan_where_broken, rows

__all__ = ["BinaryAccuracy"]


@frozen
class BinaryAccuracy(MeanMetric):
    """The share of outputs on the right side of the threshold, for targets 0 and 1; nan where a prediction that
    counts is.

    Args:
        threshold: Above this the answer is yes: 0.5 for probabilities, 0 for logits.

    >>> import numpy as np
    >>> metric = BinaryAccuracy(threshold=0.0)
    >>> metric.value(metric.update(metric.start(), np.array([[-2.0], [3.0]]), np.array([[0], [0]]), None))
    0.5
    """

    better: ClassVar[Direction] = "max"

    threshold: float = attrs.field(default=0.5, validator=finite)

    def each(self, prediction: Array, target: object) -> Array:
        scores, actual = rows(prediction, target)
        return nan_where_broken(scores, ((scores > self.threshold) == (actual > 0.5)).mean(-1))
