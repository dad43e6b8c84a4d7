"""The mean of squared errors, as a loss of nnframe."""

from collections.abc import Callable

from attrs import frozen

from nnframe.arrays import Array, Shape, namespace
from nnframe.errors import DataError, ShapeError
from nnframe.interfaces import Loss

__all__ = ["MeanSquaredError"]


@frozen
class MeanSquaredError(Loss):
    """ℓ = mean (prediction - target)² over the last axis: one loss an example, or time step.

    >>> import numpy as np
    >>> losses, pullback = MeanSquaredError().forward(np.array([[3.0, 1.0]]), np.array([[1.0, 1.0]]))
    >>> losses, pullback(np.array([1.0]))
    (array([2.]), array([[2., 0.]]))
    """

    def forward(self, prediction: Array, target: Array) -> tuple[Array, Callable[[Array], Array]]:
        _same_shape(prediction.shape, target.shape)
        error = prediction - target
        features = prediction.shape[-1]
        losses = namespace(error).mean(error * error, axis=-1)
        return losses, lambda upstream: (2 / features * upstream)[..., None] * error

    def check(self, prediction: Shape, target: Array) -> None:
        _same_shape(prediction, target.shape)
        finite = abs(target) < float("inf")
        if not finite.all():
            where = [int(axis[0]) for axis in (~finite).nonzero()]
            raise DataError(f"the target is not finite: target{where} is {target[tuple(where)]}")


def _same_shape(prediction: Shape, target: Shape) -> None:
    if prediction != target:
        remedy = "write y[:, None]" if prediction == (*target, 1) else "make the last layer and the targets agree"
        raise ShapeError(f"the target has the shape {target}, and the prediction {prediction}: {remedy}")
