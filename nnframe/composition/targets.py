"""Targets: what is checked of ``y`` before it is used."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnframe.arrays import Array, Integers
from nnframe.arrays.conversion import as_numbers, cast_finite, cast_integers
from nnframe.errors import ShapeError

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
    array = as_numbers(y, "y")
    if array.ndim == 0 or len(array) != prediction[0]:
        count = "no examples" if array.ndim == 0 else f"{len(array)} examples"
        raise ShapeError(f"x has {prediction[0]} examples and y has {count}")
    if array.dtype.kind == "f" or array.shape == prediction:
        return cast_finite(array, dtype, "y")
    native = array.dtype.kind == "i" and array.dtype.isnative
    return array if native else cast_integers(array, np.dtype(np.int64), "y")
