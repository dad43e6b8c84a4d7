"""ClassCounts: what metrics that are made from counts of hits and misses have in common."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar, Literal, final

import attrs
import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.checks import finite
from nnframe.errors import DataError
from nnframe.interfaces import Direction, Metric
from nnframe.metrics.rows import decide, has_nan, weights

__all__ = ["Average", "ClassCounts", "ratio"]

Average = Literal["binary", "macro", "micro", "weighted"]


@frozen
class ClassCounts(Metric[Array]):
    """A score of each class from its hits, what was predicted, and what there was: only ``score`` is left to write.

    The state is (3, classes): hits, predicted and actual of each class; nan where a prediction that counts is.

    Args:
        average: ``"binary"``, the score of class 1 of two; ``"macro"``, the mean over the classes that occur;
            ``"weighted"``, the same, each class counting as often as it occurs; ``"micro"``, the score of all classes'
            counts together.
        threshold: Of one output, above this the answer is yes.
    """

    better: ClassVar[Direction] = "max"

    average: Average = attrs.field(
        default="binary", validator=attrs.validators.in_(("binary", "macro", "micro", "weighted"))
    )
    threshold: float = attrs.field(default=0.5, validator=finite)

    @abstractmethod
    def score(self, hits: Array, predicted: Array, actual: Array) -> Array:
        """Return the score of each class."""

    @final
    def start(self) -> Array:
        return np.zeros((3, 0))

    @final
    def update(self, state: Array, prediction: Array, target: object, weight: Array | None) -> Array:
        predicted, actual, classes = decide(prediction, target, self.threshold)
        if self.average == "binary" and classes != 2:
            raise DataError(f"average='binary' is for two classes, and there are {classes}: choose 'macro' or another")
        weight = weights(weight, len(actual))
        right = predicted == actual
        counts = [
            np.bincount(label, share, classes)
            for label, share in ((actual[right], weight[right]), (predicted, weight), (actual, weight))
        ]
        added: Array = np.stack(counts).astype(np.float64)
        if has_nan(prediction):
            added = np.full_like(added, np.nan)
        return self.merge(state, added)

    @final
    def merge(self, one: Array, other: Array) -> Array:
        return one + other if one.size and other.size else one if one.size else other

    @final
    def value(self, state: Array) -> float:
        if not state.size:
            return float("nan")
        hits, predicted, actual = state
        if self.average == "micro":
            return float(self.score(hits.sum(), predicted.sum(), actual.sum()))
        scores = self.score(hits, predicted, actual)
        if self.average == "binary":
            return float(scores[1])
        share = actual if self.average == "weighted" else (predicted + actual > 0).astype(np.float64)
        return float(ratio(np.dot(share, scores), share.sum()))


def ratio(part: Array, whole: Array) -> Array:
    """Return part / whole, and 0 where there is nothing."""
    result: Array = part / np.where(whole == 0, 1.0, whole)
    return result
