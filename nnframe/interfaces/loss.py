"""Loss: what a network is trained to make small."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import ClassVar, Generic, cast

import numpy as np
from typing_extensions import TypeVar

from nnframe.arrays import Array, Shape
from nnframe.arrays.conversion import as_numbers
from nnframe.errors import ShapeError
from nnframe.interfaces.arguments import name_wrong_arguments
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

    @classmethod
    def finish_class(cls) -> None:
        super().finish_class()
        name_wrong_arguments(cls, "forward", ("prediction", "target"))

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

    def __call__(self, prediction: object, target: object) -> Array:
        """Return one loss an example of anything that is numbers, such as lists: the targets are checked first.

        Args:
            prediction: (batch, ..., features).
            target: What it should have been.

        Raises:
            ShapeError, DtypeError, DataError: They are no numbers, or do not fit.

        >>> from nnframe.losses import MeanAbsoluteError
        >>> MeanAbsoluteError()([[1.0], [2.0]], [[1.5], [4.0]])
        array([0.5, 2. ])
        """
        values, goal = as_numbers(prediction, "the prediction"), as_numbers(target, "the target")
        values = values if values.dtype.kind == "f" else values.astype(np.float64)
        if values.ndim == 0:
            raise ShapeError(f"the prediction must be (batch, ..., features), and is the single number {values}")
        self.check(values.shape, cast("T", goal))
        return self.forward(values, cast("T", goal))[0]

    def check(self, prediction: Shape, target: T) -> None:
        """Check targets once, before a training run or a verification: shapes, ranges of labels.

        Args:
            prediction: The shape of the predictions for ``target``.
            target: All targets of the run.

        Raises:
            ShapeError, DataError: The targets do not fit; the message says which and why.
        """
