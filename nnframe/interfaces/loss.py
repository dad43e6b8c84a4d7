"""Loss: what a network is trained to make small."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import ClassVar, Generic

from typing_extensions import TypeVar

from nnframe.arrays import Array, Shape
from nnframe.interfaces.part import Part

__all__ = ["AnyTarget", "Loss"]

T = TypeVar("T", default=Array)
AnyTarget = object


class Loss(Part, Generic[T]):
    """A distance of predictions from targets of type ``T`` (by default an array of the predictions' shape).

    A loss gives one value an example (or an example and time step) and leaves it there: masks, weights and the mean
    over the examples are the model's business.

    >>> import numpy as np
    >>> from attrs import frozen
    >>> @frozen
    ... class HalfSquare(Loss):
    ...     '''½ Σ (prediction - target)² over the features.'''
    ...     def forward(self, prediction: Array, target: Array) -> tuple[Array, Callable[[Array], Array]]:
    ...         error = prediction - target
    ...         return 0.5 * (error**2).sum(-1), lambda upstream: upstream[..., None] * error
    >>> losses, pullback = HalfSquare().forward(np.array([[3.0, 1.0]]), np.array([[1.0, 1.0]]))
    >>> losses, pullback(np.array([1.0]))
    (array([2.]), array([[2., 0.]]))
    """

    __slots__ = ()
    kind: ClassVar[str] = "loss"

    @abstractmethod
    def forward(self, prediction: Array, target: T) -> tuple[Array, Callable[[Array], Array]]:
        """Return one loss an example, and its pullback.

        Args:
            prediction: (batch, ..., features), what the network gave.
            target: What it should have given.

        Returns:
            The losses, (batch, ...), and the function from the upstream, of the same shape, to the gradient with
            respect to the prediction.
        """

    def check(self, prediction: Shape, target: T) -> None:
        """Check targets once, before a training run or a verification: shapes, ranges of labels.

        Args:
            prediction: The shape of the predictions for ``target``.
            target: All targets of the run.

        Raises:
            ShapeError, DataError: The targets do not fit; the message says which and why.
        """
