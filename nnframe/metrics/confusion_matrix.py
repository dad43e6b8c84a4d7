"""ConfusionMatrix: which class was taken for which."""

from __future__ import annotations

from typing import ClassVar

import attrs
import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.checks import finite
from nnframe.interfaces import Direction, Metric
from nnframe.metrics.rows import decide, has_nan, weights

__all__ = ["ConfusionMatrix"]


@frozen
class ConfusionMatrix(Metric[Array]):
    """Cᵢⱼ = how many rows of class i were put in class j.

    The state is the matrix; its value as one number is the share on the diagonal. It is nan where a prediction
    that counts is: that was put in no class.

    Args:
        threshold: Of one output, above this the answer is yes.

    >>> metric = ConfusionMatrix()
    >>> metric.update(metric.start(), np.array([[0.9, 0.1], [0.8, 0.2]]), np.array([0, 1]), None)
    array([[1., 0.],
           [1., 0.]])
    """

    better: ClassVar[Direction] = "max"

    threshold: float = attrs.field(default=0.5, validator=finite)

    def start(self) -> Array:
        return np.zeros((0, 0))

    def update(self, state: Array, prediction: Array, target: object, weight: Array | None) -> Array:
        predicted, actual, classes = decide(prediction, target, self.threshold)
        counts = np.bincount(actual * classes + predicted, weights(weight, len(actual)), classes * classes)
        cells: Array = counts.reshape(classes, classes).astype(np.float64)
        return self.merge(state, np.full_like(cells, np.nan) if has_nan(prediction) else cells)

    def value(self, state: Array) -> float:
        total = float(state.sum())
        return float(np.trace(state)) / total if total else float("nan")

    def merge(self, one: Array, other: Array) -> Array:
        return one + other if one.size and other.size else one if one.size else other
