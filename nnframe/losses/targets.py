"""What losses ask of their targets."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from nnframe.arrays import Array, Booleans, Integers, Shape
from nnframe.errors import DataError, ShapeError

__all__ = ["SMALLEST", "as_distribution", "check_classes", "refuse", "same_shape"]

SMALLEST = 1e-37
"""Below this a probability counts as this, so that its logarithm is finite, in float32 too."""


def same_shape(prediction: Shape, target: Shape) -> None:
    """Refuse targets that do not have the shape of the predictions: broadcasting would hide it.

    Raises:
        ShapeError: The shapes differ.
    """
    if prediction != target:
        remedy = "write y[:, None]" if prediction == (*target, 1) else "make the last layer and the targets agree"
        raise ShapeError(f"the target has the shape {target}, and the prediction {prediction}: {remedy}")


def refuse(wrong: Booleans, values: Any, what: str) -> None:
    """Refuse values that are wrong somewhere, naming the first place.

    Raises:
        DataError: Something is wrong.

    >>> refuse(np.array([False, True]), np.array([1, -3]), "targets must not be negative")
    Traceback (most recent call last):
    nnframe.errors.DataError: targets must not be negative, and target[1] is -3
    """
    if wrong.any():
        where = [int(axis[0]) for axis in wrong.nonzero()]
        raise DataError(f"{what}, and target{where} is {values[tuple(where)]}")


def check_classes(prediction: Shape, target: Array | Integers) -> None:
    """Refuse targets that are neither labels of the classes nor distributions over them.

    Raises:
        ShapeError: The shape is neither that of labels nor that of distributions.
        DataError: A label is out of range, or a distribution is none.
    """
    if len(prediction) < 2 or target.shape not in (prediction, prediction[:-1]):
        remedy = "y[:, 0]" if target.shape == (*prediction[:-1], 1) else "labels or one-hot rows"
        raise ShapeError(
            f"for a prediction {prediction}, the target must be labels {prediction[:-1]} or distributions "
            f"{prediction}, and is {target.shape}: give {remedy}"
        )
    if target.shape == prediction:
        refuse(~((target >= 0) & (target <= 1)), target, "targets must be between 0 and 1")
        refuse(np.abs(target.sum(-1) - 1) > 1e-3, target, "each target must sum to 1 over the classes")
    elif target.dtype.kind not in "iu":
        raise DataError(f"labels must be integers, and are {target.dtype}: write y.astype(int)")
    else:
        last = prediction[-1] - 1
        refuse((target < 0) | (target > last), target, f"labels must be classes from 0 to {last}, one a unit")


def as_distribution(prediction: Array, target: Array | Integers) -> Array:
    """Return targets as distributions over the classes, in the predictions' dtype: one-hot rows from labels.

    >>> as_distribution(np.zeros((2, 3)), np.array([2, 0]))
    array([[0., 0., 1.],
           [1., 0., 0.]])
    """
    if target.shape == prediction.shape:
        return cast("Array", target if target.dtype == prediction.dtype else target.astype(prediction.dtype))
    check_classes(prediction.shape, target)
    one_hot: Array = (target[..., None] == np.arange(prediction.shape[-1])).astype(prediction.dtype)
    return one_hot
