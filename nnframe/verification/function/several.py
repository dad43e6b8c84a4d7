"""Several outputs: a tuple of arrays as one flat array, and an upstream gradient of that as a tuple again."""

from __future__ import annotations

from typing import cast

import numpy as np

from nnframe.arrays import Array
from nnframe.errors import VerificationError

__all__ = ["joined", "parted"]


def joined(outputs: object) -> Array:
    """All numbers of a tuple of arrays, or of tuples of arrays, one after the other.

    >>> joined((np.array([[1.0, 2.0]]), (np.array([3.0]), np.array(4.0))))
    array([1., 2., 3., 4.])
    """
    if isinstance(outputs, tuple):
        return np.concatenate([joined(each) for each in outputs]) if outputs else np.zeros(0)
    array = np.asarray(outputs)
    if array.dtype.kind != "f":
        raise VerificationError(f"expected outputs of real numbers, got one of dtype {array.dtype}")
    return cast("Array", array).reshape(-1)


def parted(upstream: Array, outputs: object) -> object:
    """The parts of a flat array, in the form, the shapes and the dtypes of some outputs.

    >>> parted(np.array([1.0, 2.0, 3.0]), (np.zeros((1, 2)), np.zeros(1)))
    (array([[1., 2.]]), array([3.]))
    """
    if not isinstance(outputs, tuple):
        like = np.asarray(outputs)
        return upstream.reshape(like.shape).astype(like.dtype)
    parts, start = [], 0
    for each in outputs:
        size = joined(each).size
        parts.append(parted(upstream[start : start + size], each))
        start += size
    return tuple(parts)
