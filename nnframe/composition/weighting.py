"""Weights and masks: what is checked of them before they are used."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnframe.arrays import Array, Booleans
from nnframe.arrays.conversion import as_numbers, cast_finite, refuse_elements
from nnframe.errors import DataError, ShapeError

__all__ = ["prepare_mask", "prepare_weights"]


def prepare_weights(weight: object, examples: int, dtype: np.dtype[Any]) -> Array | None:
    """Return the weight of each example as an array in the model's dtype; None for all alike.

    Raises:
        ShapeError, DtypeError, DataError: The weights are not one finite number from 0 for each example, or all 0.

    >>> prepare_weights([1, 2], 2, np.dtype("float64"))
    array([1., 2.])
    """
    if weight is None:
        return None
    array = as_numbers(weight, "sample_weight")
    if array.shape != (examples,):
        raise ShapeError(f"sample_weight must have shape ({examples},), one for each example, and has {array.shape}")
    array = cast_finite(array, dtype, "sample_weight")
    refuse_elements(array < 0, array, "sample_weight", "must be finite and not negative")
    if not array.any():
        raise DataError("sample_weight must not be 0 for every example: nothing is left to learn from")
    return array


def prepare_mask(mask: object, examples: int) -> Booleans | None:
    """Return the mask of padded steps, (examples, time), as booleans; None where nothing is padded.

    Raises:
        ShapeError, DtypeError, DataError: The mask is not True or False, or 1 or 0, a row for each example.

    >>> prepare_mask([[1, 0]], 1)
    array([[ True, False]])
    """
    if mask is None:
        return None
    array = as_numbers(mask, "mask", "True or False")
    if array.ndim != 2 or len(array) != examples:
        raise ShapeError(f"mask must have shape ({examples}, time), a row for each example, and has {array.shape}")
    if array.dtype.kind != "b":
        refuse_elements((array != 0) & (array != 1), array, "mask", "must hold True or False, or 1 and 0")
    booleans: Booleans = array.astype(bool, copy=False)
    return booleans
