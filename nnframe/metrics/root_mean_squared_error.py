"""RootMeanSquaredError: the mean square of the distance, in the unit of the targets."""

from __future__ import annotations

import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.interfaces import Metric
from nnframe.metrics.rows import rows, weights

__all__ = ["RootMeanSquaredError"]


@frozen
class RootMeanSquaredError(Metric[tuple[Array, float]]):
    """√ mean (prediction - target)² over the rows, for each output by itself; then the mean over the outputs.

    >>> metric = RootMeanSquaredError()
    >>> metric.value(metric.update(metric.start(), np.array([[1.0], [9.0]]), np.array([[2.0], [2.0]]), None))
    5.0
    """

    def start(self) -> tuple[Array, float]:
        return np.zeros(1), 0.0

    def update(
        self, state: tuple[Array, float], prediction: Array, target: object, weight: Array | None
    ) -> tuple[Array, float]:
        scores, actual = rows(prediction, target)
        weight = weights(weight, len(scores))
        return state[0] + weight @ np.square(scores - actual), state[1] + float(weight.sum())

    def value(self, state: tuple[Array, float]) -> float:
        return float(np.sqrt(state[0] / state[1]).mean()) if state[1] else float("nan")

    def merge(self, one: tuple[Array, float], other: tuple[Array, float]) -> tuple[Array, float]:
        return one[0] + other[0], one[1] + other[1]
