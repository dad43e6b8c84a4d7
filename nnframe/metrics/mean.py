"""MeanMetric: what metrics that are means over the rows have in common."""

from __future__ import annotations

from abc import abstractmethod
from typing import final

import numpy as np

from nnframe.arrays import Array
from nnframe.interfaces import Metric
from nnframe.metrics.rows import weights

__all__ = ["MeanMetric"]


class MeanMetric(Metric[tuple[float, float]]):
    """Σ w m / Σ w over the rows: only ``each``, the measure m of every row, is left to write.

    The state is the sum and the total weight so far.
    """

    __slots__ = ()

    @abstractmethod
    def each(self, prediction: Array, target: object) -> Array:
        """Return the measure of each row."""

    @final
    def start(self) -> tuple[float, float]:
        return 0.0, 0.0

    @final
    def update(
        self, state: tuple[float, float], prediction: Array, target: object, weight: Array | None
    ) -> tuple[float, float]:
        measures = self.each(prediction, target)
        weight = weights(weight, len(measures))
        return state[0] + float(np.dot(weight, measures)), state[1] + float(weight.sum())

    @final
    def value(self, state: tuple[float, float]) -> float:
        return state[0] / state[1] if state[1] else float("nan")

    @final
    def merge(self, one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
        return one[0] + other[0], one[1] + other[1]
