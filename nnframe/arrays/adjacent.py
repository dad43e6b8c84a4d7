"""Arrays laid one behind the other in one buffer, so that one call can work on all of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nnframe.arrays.types import Array

__all__ = ["adjacent", "laid_out"]


def laid_out(arrays: Sequence[Array]) -> list[Array]:
    """Return copies of arrays of one dtype that lie one behind the other in one buffer.

    >>> first, second = laid_out([np.ones((2, 2)), np.zeros(3)])
    >>> first.base is second.base
    True
    """
    if not arrays:
        return []
    buffer: Array = np.concatenate(arrays, axis=None)
    views, start = [], 0
    for array in arrays:
        views.append(buffer[start : start + array.size].reshape(array.shape))
        start += array.size
    return views


def adjacent(arrays: Sequence[Array]) -> Array | None:
    """Return one flat view of arrays that ``laid_out`` put one behind the other; None where they do not lie so.

    >>> first, second, third = laid_out([np.ones((2, 2)), np.zeros(3), np.ones(1)])
    >>> adjacent([first, second])
    array([1., 1., 1., 1., 0., 0., 0.])
    >>> adjacent([first, third]) is None
    True
    """
    buffer = arrays[0].base
    if buffer is None or buffer.ndim != 1 or not buffer.flags.c_contiguous:
        return None
    start = end = _address(arrays[0])
    for array in arrays:
        if array.base is not buffer or array.dtype != buffer.dtype or _address(array) != end:
            return None
        if not array.flags.c_contiguous:
            return None
        end += array.nbytes
    origin = _address(buffer)
    flat: Array = buffer[(start - origin) // buffer.itemsize : (end - origin) // buffer.itemsize]
    return flat


def _address(array: Array) -> int:
    address: int = array.__array_interface__["data"][0]
    return address
