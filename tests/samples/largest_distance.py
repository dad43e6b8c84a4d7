"""A metric of a user's own, as it was written for nnframe 0.1.0: no direction, no merge."""

from __future__ import annotations

import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.interfaces import Metric

__all__ = ["LargestDistance"]


@frozen
class LargestDistance(Metric[float]):
    """max |prediction - target|."""

    def start(self) -> float:
        return 0.0

    def update(self, state: float, prediction: Array, target: object, weight: Array | None) -> float:
        return max(state, float(np.abs(prediction - np.asarray(target)).max()))

    def value(self, state: float) -> float:
        return state
