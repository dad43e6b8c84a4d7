"""Predictions and targets side by side, one row an example or time step."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nnframe.arrays import Array, Booleans, Integers
from nnframe.errors import ShapeError

__all__ = ["decide", "has_nan", "labels_of", "nan_where_broken", "rows", "weights"]


def rows(prediction: Array, target: object) -> tuple[Array, Array]:
    """Return predictions and targets of equal shape as (rows, outputs), in float64.

    Raises:
        ShapeError: The shapes differ.

    >>> rows(np.ones((2, 3, 1)), np.zeros((2, 3, 1)))[0].shape
    (6, 1)
    """
    actual = np.asarray(target)
    if actual.shape != prediction.shape:
        remedy = ": write y[:, None]" if prediction.shape == (*actual.shape, 1) else ""
        raise ShapeError(
            f"the metric needs targets of the predictions' shape {prediction.shape}, got {actual.shape}{remedy}"
        )
    outputs = prediction.shape[-1] if prediction.ndim > 1 else 1
    count = prediction.size // outputs
    return prediction.astype(np.float64).reshape(count, outputs), actual.astype(np.float64).reshape(count, outputs)


def labels_of(prediction: Array, target: object) -> tuple[Array, Integers]:
    """Return scores (rows, classes) and the label of each row, from labels or from one-hot rows.

    Raises:
        ShapeError: The targets are neither.

    >>> labels_of(np.eye(2), np.array([[0, 1], [1, 0]]))[1]
    array([1, 0])
    """
    actual: Any = np.asarray(target)
    classes = prediction.shape[-1]
    if actual.shape == prediction.shape:
        actual = actual.argmax(-1)
    elif actual.shape != prediction.shape[:-1]:
        raise ShapeError(
            f"the metric needs labels {prediction.shape[:-1]} or one-hot rows {prediction.shape}, got {actual.shape}"
        )
    return prediction.reshape(actual.size, classes), actual.reshape(-1).astype(np.int64)


def decide(prediction: Array, target: object, threshold: float) -> tuple[Integers, Integers, int]:
    """Return the class that each row was put in, the one it belongs to, and how many classes there are.

    One output means yes or no: yes above the threshold. Of several outputs the largest decides.

    >>> decide(np.array([[0.2], [0.9]]), np.array([[1.0], [1.0]]), 0.5)
    (array([0, 1]), array([1, 1]), 2)
    """
    if prediction.shape[-1] > 1:
        scores, actual = labels_of(prediction, target)
        return scores.argmax(-1), actual, prediction.shape[-1]
    actual = np.asarray(target).reshape(-1)
    if actual.size != prediction.size:
        raise ShapeError(f"the metric needs {prediction.size} targets, one for each row, got {actual.size}")
    return (prediction.reshape(-1) > threshold).astype(np.int64), (actual > 0.5).astype(np.int64), 2


def nan_where_broken(scores: Array, measures: Array | Booleans) -> Array:
    """Return a measure of each row, nan where one of its scores is: what is no number is neither right nor wrong.

    >>> nan_where_broken(np.array([[1.0, 2.0], [np.nan, 0.0]]), np.array([True, True]))
    array([ 1., nan])
    """
    if not has_nan(scores):
        return measures.astype(np.float64)
    return np.where(np.isnan(scores).any(-1), np.nan, measures)


def has_nan(scores: Array) -> bool:
    """Say whether one of the scores is nan."""
    flat = scores.ravel()
    return math.isnan(flat.dot(flat))  # a sum of squares, in which only a nan makes one


def weights(weight: Array | None, count: int) -> Array:
    """Return one weight a row: an example's weight holds for all its time steps.

    >>> weights(np.array([1.0, 3.0]), 4)
    array([1., 1., 3., 3.])
    """
    if weight is None:
        return np.ones(count)
    return np.repeat(weight.astype(np.float64), count // max(len(weight), 1))
