"""AUC: the area under the curve of hits against false alarms."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from attrs import frozen

from nnframe.arrays import Array, Booleans
from nnframe.errors import ShapeError
from nnframe.interfaces import Direction, Metric
from nnframe.metrics.rows import has_nan, rows, weights

__all__ = ["AUC", "Scored"]


@frozen(eq=False)
class Scored:
    """One batch as AUC remembers it: all its scores, for the exact value needs them."""

    score: Array
    positive: Booleans
    weight: Array


@frozen
class AUC(Metric[list[Scored]]):
    """P(score of a positive > score of a negative) + ½ P(they are equal), for one output and targets 0 and 1.

    This is the area under the ROC curve (Hanley and McNeil 1982), exact; nan where there is only one class, or a
    prediction that counts is nan.

    >>> metric = AUC()
    >>> metric.value(metric.update(metric.start(), np.array([[0.9], [0.1], [0.4]]), np.array([[1], [0], [1]]), None))
    1.0
    """

    better: ClassVar[Direction] = "max"

    def start(self) -> list[Scored]:
        return []

    def update(self, state: list[Scored], prediction: Array, target: object, weight: Array | None) -> list[Scored]:
        if prediction.shape[-1] != 1:
            raise ShapeError(f"auc takes one output, and the prediction is {prediction.shape}")
        score, actual = (each[:, 0] for each in rows(prediction, target))
        return [*state, Scored(score, actual > 0.5, weights(weight, len(score)))]

    def value(self, state: list[Scored]) -> float:
        if not state:
            return float("nan")
        score, positive, weight = (
            np.concatenate([getattr(batch, name) for batch in state]) for name in ("score", "positive", "weight")
        )
        if has_nan(score):
            return float("nan")
        _, rank = np.unique(score, return_inverse=True)
        yes, no = np.bincount(rank, weight * positive), np.bincount(rank, weight * ~positive)
        pairs = yes.sum() * no.sum()
        return float(np.dot(yes, np.cumsum(no) - no / 2) / pairs) if pairs else float("nan")

    def merge(self, one: list[Scored], other: list[Scored]) -> list[Scored]:
        return [*one, *other]
