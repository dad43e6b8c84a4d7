"""Metric: a number that people read, computed batch by batch."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar, Generic, Literal, TypeAlias

from typing_extensions import TypeVar

from nnframe.arrays import Array
from nnframe.arrays.conversion import as_numbers
from nnframe.errors import ShapeError
from nnframe.interfaces.arguments import name_wrong_arguments
from nnframe.interfaces.part import Part

__all__ = ["Direction", "Metric", "Mode"]

Direction: TypeAlias = Literal["min", "max"]
"""Whether a number is better when it is lower or higher."""

Mode: TypeAlias = Literal["auto", "min", "max"]
"""The same as a user says it; ``"auto"`` asks the metric of that name, and is ``"min"`` where there is none."""

S = TypeVar("S", default=tuple[float, float])


class Metric(Part, Generic[S]):
    """A measure of predictions, streaming over batches. ``S`` is what it remembers between them.

    The value after the last batch is the value on all data at once, whatever the batches were. A metric is given the
    rows that count and no others: a time step is a row, and neither padding nor weight zero is among them.

    Attributes:
        better: Which way is better, ``"max"`` or ``"min"``: callbacks, schedules and ``History.best`` ask this.
        sequences: Whether the metric needs whole sequences: prediction and target then keep their time axes, and
            ``weight`` is (batch, time), 0 where a step is padding.

    >>> import numpy as np
    >>> from attrs import frozen
    >>> @frozen
    ... class MaximumError(Metric[float]):
    ...     '''max |prediction - target|.'''
    ...     better = "min"
    ...     def start(self) -> float:
    ...         return 0.0
    ...     def update(self, state: float, prediction: Array, target: object, weight: Array | None) -> float:
    ...         return max(state, float(np.abs(prediction - target).max()))
    ...     def value(self, state: float) -> float:
    ...         return state
    ...     def merge(self, one: float, other: float) -> float:
    ...         return max(one, other)
    >>> metric = MaximumError()
    >>> metric.value(metric.update(metric.start(), np.array([1.0, 5.0]), np.array([0.0, 3.0]), None))
    2.0
    """

    __slots__ = ()
    kind: ClassVar[str] = "metric"
    better: ClassVar[Direction] = "min"
    sequences: ClassVar[bool] = False

    @classmethod
    def finish_class(cls) -> None:
        super().finish_class()
        name_wrong_arguments(cls, "update", ("prediction", "target"), ("weight",))

    @abstractmethod
    def start(self) -> S:
        """Return the state before the first batch."""

    @abstractmethod
    def update(self, state: S, prediction: Array, target: object, weight: Array | None) -> S:
        """Return the state after one more batch.

        Args:
            state: The state before it.
            prediction: (n, ...), the rows that count; (batch, time, ...) where ``sequences`` is true.
            target: The same rows of the targets.
            weight: (n,), or (batch, time) where ``sequences`` is true; None where all rows count alike.
        """

    @abstractmethod
    def value(self, state: S) -> float:
        """Return the metric over everything seen so far."""

    def __call__(self, prediction: object, target: object, weight: object = None) -> float:
        """Return the metric of one batch of anything that is numbers, such as lists.

        Args:
            prediction: As ``update`` takes it.
            target: As ``update`` takes it.
            weight: As ``update`` takes it.

        Raises:
            ShapeError, DtypeError, DataError: They are no numbers, or do not fit.

        >>> from nnframe.metrics import Accuracy
        >>> Accuracy()([[0.1, 0.9], [0.8, 0.2]], [1, 1])
        0.5
        """
        values, goal = as_numbers(prediction, "the prediction"), as_numbers(target, "the target")
        if values.ndim == 0 or goal.ndim == 0:
            raise ShapeError(f"a metric takes rows, and got one number: prediction {values.shape}, target {goal.shape}")
        weights = None if weight is None else as_numbers(weight, "the weight")
        return self.value(self.update(self.start(), values, goal, weights))

    def merge(self, one: S, other: S) -> S:
        """Return the state after the batches of both states; a metric need not define it."""
        raise NotImplementedError(f"{type(self).__name__} has no merge: it has to see all batches one after the other")
