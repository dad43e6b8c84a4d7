"""All parameters, or all gradients, as one flat vector, and back."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nnframe.arrays import Array
from nnframe.arrays.conversion import as_numbers
from nnframe.errors import ShapeError

__all__ = ["from_vector", "to_vector"]


def to_vector(arrays: Mapping[str, Array]) -> Array:
    """Lay arrays one behind the other, in the order of the mapping, each in row-major order.

    >>> to_vector({"weight": np.array([[1.0, 2.0]]), "bias": np.array([3.0])})
    array([1., 2., 3.])
    """
    if not arrays:
        return np.empty(0)
    vector: Array = np.concatenate([np.ravel(array) for array in arrays.values()])
    return vector


def from_vector(vector: Array, like: Mapping[str, Array]) -> dict[str, Array]:
    """Cut a vector into arrays with the paths and shapes of ``like``: the inverse of ``to_vector``.

    Raises:
        ShapeError: The vector is not one-dimensional, or does not have the elements of ``like``.

    >>> from_vector(np.array([1.0, 2.0, 3.0]), {"weight": np.zeros((1, 2)), "bias": np.zeros(1)})
    {'weight': array([[1., 2.]]), 'bias': array([3.])}
    """
    total = sum(array.size for array in like.values())
    numbers = as_numbers(vector, "the vector")
    if numbers.shape != (total,):
        raise ShapeError(f"expected a vector of {total} elements, got shape {numbers.shape}")
    arrays: dict[str, Array] = {}
    start = 0
    for path, array in like.items():
        with np.errstate(over="ignore"):  # who sets parameters to these checks them
            arrays[path] = numbers[start : start + array.size].reshape(array.shape).astype(array.dtype)
        start += array.size
    return arrays
