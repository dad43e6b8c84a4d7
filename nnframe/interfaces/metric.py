"""Metric: a number that people read, computed batch by batch."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar, Generic

from typing_extensions import TypeVar

from nnframe.arrays import Array
from nnframe.interfaces.part import Part

__all__ = ["Metric"]

S = TypeVar("S", default=tuple[float, float])


class Metric(Part, Generic[S]):
    """A measure of predictions, streaming over batches. ``S`` is what it remembers between them.

    The value after the last batch is the value on all data at once, whatever the batches were.

    >>> import numpy as np
    >>> from attrs import frozen
    >>> @frozen
    ... class MaximumError(Metric[float]):
    ...     '''max |prediction - target|.'''
    ...     def start(self) -> float:
    ...         return 0.0
    ...     def update(self, state: float, prediction: Array, target: object, weight: Array | None) -> float:
    ...         return max(state, float(np.abs(prediction - target).max()))
    ...     def value(self, state: float) -> float:
    ...         return state
    >>> metric = MaximumError()
    >>> metric.value(metric.update(metric.start(), np.array([1.0, 5.0]), np.array([0.0, 3.0]), None))
    2.0
    """

    __slots__ = ()
    kind: ClassVar[str] = "metric"

    @abstractmethod
    def start(self) -> S:
        """Return the state before the first batch."""

    @abstractmethod
    def update(self, state: S, prediction: Array, target: object, weight: Array | None) -> S:
        """Return the state after one more batch; ``weight`` is (batch,) or None."""

    @abstractmethod
    def value(self, state: S) -> float:
        """Return the metric over everything seen so far."""
