"""R2: the share of the targets' variance that the predictions explain."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.interfaces import Direction, Metric
from nnframe.metrics.rows import rows, weights

__all__ = ["R2", "Spread"]


@frozen(eq=False)
class Spread:
    """What R2 remembers, one number an output: total weight, mean and squared deviations of targets, squared errors."""

    weight: float
    mean: Array
    deviation: Array
    error: Array


@frozen
class R2(Metric[Spread]):
    """R² = 1 - Σ (target - prediction)² / Σ (target - mean target)², for each output by itself; then their mean.

    Where all targets are equal it is 1 if the predictions are, too, and else 0, as in scikit-learn. Batches are joined
    without loss of digits (Chan, Golub and LeVeque 1983).

    >>> metric = R2()
    >>> metric.value(metric.update(metric.start(), np.array([[1.0], [2.0]]), np.array([[1.0], [3.0]]), None))
    0.5
    """

    better: ClassVar[Direction] = "max"

    def start(self) -> Spread:
        return Spread(0.0, np.zeros(1), np.zeros(1), np.zeros(1))

    def update(self, state: Spread, prediction: Array, target: object, weight: Array | None) -> Spread:
        scores, actual = rows(prediction, target)
        weight = weights(weight, len(scores))
        added = float(weight.sum())
        if not added:
            return state
        mean = weight @ actual / added
        deviation, error = weight @ np.square(actual - mean), weight @ np.square(actual - scores)
        return self.merge(state, Spread(added, mean, deviation, error))

    def merge(self, one: Spread, other: Spread) -> Spread:
        total = one.weight + other.weight
        if not total:
            return one
        step, share = other.mean - one.mean, other.weight / total
        between = np.square(step) * (one.weight * share)
        return Spread(
            total, one.mean + step * share, one.deviation + other.deviation + between, one.error + other.error
        )

    def value(self, state: Spread) -> float:
        if not state.weight:
            return float("nan")
        constant = state.deviation == 0
        shares = 1 - state.error / np.where(constant, 1.0, state.deviation)
        shares = np.where(constant, state.error == 0, shares)
        return float(np.where(np.isnan(state.error), np.nan, shares).mean())
