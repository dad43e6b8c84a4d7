"""Euclidean norms, and powers of two that bring numbers into the range in which they have squares.

The square of 1e30 is infinite in float32, and that of 1e-30 is 0; in float64 those of 1e200 and 1e-200 are.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nnframe.arrays.namespace import namespace
from nnframe.arrays.types import Array

__all__ = ["are_squares_in_range", "find_factors", "unit_vectors"]


def are_squares_in_range(sizes: Array) -> bool:
    """Return whether the squares of numbers of these sizes, from 0, are neither infinite nor without digits.

    >>> are_squares_in_range(np.array([1.0, 1e100])), are_squares_in_range(np.array([1.0, 1e200]))
    (True, False)
    """
    lowest, highest = _range(sizes.dtype)
    return not sizes.size or bool(lowest < sizes.min() and sizes.max() < highest)


def find_factors(sizes: Array) -> Array:
    """Return the power of two by which each size becomes about 1; 1 where its square is in range, or it is 0.

    >>> find_factors(np.array([3.0, 2.0**600, 0.0])) == np.array([1.0, 2.0**-601, 1.0])
    array([ True,  True,  True])
    """
    lowest, highest = _range(sizes.dtype)
    _, exponents = np.frexp(sizes)
    far = (sizes >= highest) | ((sizes <= lowest) & (sizes > 0))
    most = np.finfo(sizes.dtype).maxexp - 2
    factors: Array = np.ldexp(sizes.dtype.type(1), np.where(far, np.minimum(-exponents, most), 0))
    return factors


def unit_vectors(x: Array, axis: int | tuple[int, ...]) -> tuple[Array, Array]:
    """Return x / ‖x‖, which is 0 where x is, and ‖x‖ along axes, which are kept with the length 1.

    >>> unit_vectors(np.array([3e200, 4e200]), 0)
    (array([0.6, 0.8]), array([5.e+200]))
    """
    xp = namespace(x)
    with np.errstate(over="ignore", under="ignore"):
        norms = xp.sqrt(xp.sum(x * x, axis=axis, keepdims=True))
        if not isinstance(x, np.ndarray) or are_squares_in_range(norms):
            return x / xp.where(norms == 0, 1.0, norms), norms
        factors = find_factors(np.abs(x).max(axis=axis, keepdims=True, initial=0.0))
        near = x * factors
        norms = np.sqrt(xp.sum(near * near, axis=axis, keepdims=True))
        return near / np.where(norms == 0, 1.0, norms), norms / factors


def _range(dtype: np.dtype[Any]) -> tuple[float, float]:
    number = np.finfo(dtype)
    return float(number.tiny) ** 0.4, float(number.max) ** 0.4
