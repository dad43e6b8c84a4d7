"""Targets: what is checked of ``y`` before it is used."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnframe.arrays import Array, Integers
from nnframe.errors import DataError, DtypeError, ShapeError

__all__ = ["prepare_target"]


def prepare_target(y: object, prediction: tuple[int, ...], dtype: np.dtype[Any]) -> Array | Integers:
    """Return targets as losses take them: real numbers, or one-hot rows, in the model's dtype; labels as integers.

    Args:
        y: What the user gave.
        prediction: The shape of the predictions for it. Integers of this shape are numbers, fewer axes are labels.
        dtype: The model's dtype.

    >>> prepare_target([0, 1, 1], (3, 2), np.dtype("float64"))
    array([0, 1, 1])
    >>> prepare_target([[0, 1]], (1, 2), np.dtype("float64"))
    array([[0., 1.]])
    """
    try:
        array = np.asarray(y)
    except ValueError as cause:
        raise ShapeError("y is ragged: its rows have different lengths") from cause
    if array.dtype.kind not in "fiub":
        raise DtypeError(f"y must hold numbers, and holds {array.dtype}")
    if array.ndim == 0 or len(array) != prediction[0]:
        count = "no examples" if array.ndim == 0 else f"{len(array)} examples"
        raise ShapeError(f"x has {prediction[0]} examples and y has {count}")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        where = tuple(int(index) for index in np.argwhere(~np.isfinite(array))[0])
        raise DataError(f"y is not finite: y[{', '.join(map(str, where))}] is {array[where]}")
    if array.dtype.kind == "f" or array.shape == prediction:
        return array if array.dtype == dtype else array.astype(dtype)
    return array.astype(np.int64) if array.dtype.kind in "ub" else array
