"""NumPy's functions under the array API's names, on NumPy's fast paths.

``x.sum(0)`` takes 1.1 microseconds on a small array, ``np.sum`` 2.2 and ``np.mean`` 4.1: for the layers of a small
network that is more than the arithmetic. A universal function's ``reduce`` and an array's own methods skip it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Protocol, TypeGuard, cast

import numpy as np

from nnframe.arrays.sums import ones, sum_columns
from nnframe.arrays.types import Array, Shape

__all__ = ["FAST", "FastNumPy"]

Axes = int | tuple[int, ...] | None


class Reduction(Protocol):
    """A universal function's ``reduce``, as far as it is used here."""

    def __call__(self, x: Array, /, axis: Axes = 0, *, keepdims: bool = False) -> Array: ...


_add = cast("Reduction", np.add.reduce)
_largest = cast("Reduction", np.maximum.reduce)
_smallest = cast("Reduction", np.minimum.reduce)


@lru_cache(maxsize=64)
def _counting(count: int, dtype: np.dtype[Any]) -> tuple[Array, Array]:
    """Return ones and how many, as an array without axes: NumPy divides by that in two thirds of a number's time."""
    many: Array = np.array(count, dtype)
    many.flags.writeable = False
    return ones(count, dtype), many


_INFINITE = float("inf")
_LONG = 4096
"""Numbers from which on a quicker way pays for finding it."""

_MANY, _SHORT = 64, 16
"""From so many rows on, no longer than this, their largest are found up to nine times as fast in a transposed copy."""

_WIDE = 1024
"""Numbers in a row up to which BLAS adds them: it errs as their number does, and NumPy, in pairs, as its logarithm."""


def _is_long(x: Array | float) -> TypeGuard[Array]:
    """Whether x has so many numbers that ``clip`` is quicker, by up to four times, than comparing with one number."""
    return isinstance(x, np.ndarray) and x.size > _LONG and x.dtype.kind == "f"


def _sum_over(x: Array, axis: int | tuple[int, ...], keepdims: bool) -> Array:
    """Sum over axes of which the last may be left: NumPy would add their rows one after the other."""
    axes = [each % x.ndim for each in ((axis,) if isinstance(axis, int) else axis)]
    if x.ndim - 1 in axes:
        return _add(x, axis, keepdims=keepdims)
    front = [each for each in range(x.ndim - 1) if each not in axes]
    rows = x.transpose(*front, *axes, x.ndim - 1)
    total = sum_columns(rows.reshape(*rows.shape[: len(front)], -1, x.shape[-1]))
    return np.expand_dims(total, tuple(axes)) if keepdims else total


class FastNumPy:
    """The ``Namespace`` of NumPy arrays."""

    __slots__ = ()
    exp = staticmethod(np.exp)
    expm1 = staticmethod(np.expm1)
    log = staticmethod(np.log)
    log1p = staticmethod(np.log1p)
    sqrt = staticmethod(np.sqrt)
    square = staticmethod(np.square)
    tanh = staticmethod(np.tanh)
    sin = staticmethod(np.sin)
    cos = staticmethod(np.cos)
    abs = staticmethod(np.absolute)
    sign = staticmethod(np.sign)
    where = staticmethod(np.where)
    expand_dims = staticmethod(np.expand_dims)
    broadcast_to = staticmethod(np.broadcast_to)
    flip = staticmethod(np.flip)
    zeros_like = staticmethod(np.zeros_like)
    ones_like = staticmethod(np.ones_like)
    empty_like = staticmethod(np.empty_like)
    vecdot = staticmethod(np.vecdot)

    def maximum(self, x: Array | float, y: Array | float, /) -> Array:
        if type(y) is float and _is_long(x):
            return x.clip(y, _INFINITE)
        larger: Array = np.maximum(x, y)
        return larger

    def minimum(self, x: Array | float, y: Array | float, /) -> Array:
        if type(y) is float and _is_long(x):
            return x.clip(-_INFINITE, y)
        smaller: Array = np.minimum(x, y)
        return smaller

    def matmul(self, x: Array, y: Array, /) -> Array:
        product: Array = x.dot(y) if x.ndim == 2 and y.ndim <= 2 else np.matmul(x, y)
        return product

    def clip(self, x: Array, lowest: float, highest: float, /) -> Array:
        return x.clip(lowest, highest)

    def sum(self, x: Array, /, *, axis: Axes = None, keepdims: bool = False) -> Array:
        if axis == 0 and x.ndim == 2 and not keepdims:
            return sum_columns(x)
        short = axis == -1 and x.ndim > 1 and x.shape[-1] <= _WIDE
        if short and (x.ndim == 2 or x.size > _LONG) and x.dtype.char in "fd" and x.flags.c_contiguous:
            rows: Array = self.matmul(x, ones(x.shape[-1], x.dtype))
            return rows[..., None] if keepdims else rows
        if axis is not None and x.size > _LONG and x.ndim > 1 and x.dtype.kind == "f":
            return _sum_over(x, axis, keepdims)
        return _add(x, axis, keepdims=keepdims)

    def mean(self, x: Array, /, *, axis: Axes = None, keepdims: bool = False) -> Array:
        if axis == -1 and x.ndim == 2 and not keepdims and 0 < x.shape[1] <= _WIDE and x.dtype.char in "fd":
            units, count = _counting(x.shape[-1], x.dtype)
            means: Array = x.dot(units) / count
            return means
        total = self.sum(x, axis=axis, keepdims=keepdims)
        return total / (x.size / total.size) if total.size else total

    def var(self, x: Array, /, *, axis: Axes = None, keepdims: bool = False) -> Array:
        centred: Array = x - self.mean(x, axis=axis, keepdims=True)
        return self.mean(np.square(centred), axis=axis, keepdims=keepdims)

    def max(self, x: Array, /, *, axis: Axes = None, keepdims: bool = False) -> Array:
        if axis == -1 and x.ndim == 2 and len(x) >= _MANY and 0 < x.shape[1] <= _SHORT:
            most = _largest(np.ascontiguousarray(x.T))
            return most[:, None] if keepdims else most
        return _largest(x, axis, keepdims=keepdims)

    def min(self, x: Array, /, *, axis: Axes = None, keepdims: bool = False) -> Array:
        return _smallest(x, axis, keepdims=keepdims)

    def cumulative_sum(self, x: Array, /, *, axis: int) -> Array:
        sums: Array = np.add.accumulate(x, axis=axis)
        return sums

    def matrix_transpose(self, x: Array, /) -> Array:
        return x.mT

    def permute_dims(self, x: Array, /, axes: tuple[int, ...]) -> Array:
        return x.transpose(axes)

    def reshape(self, x: Array, /, shape: Shape) -> Array:
        return x.reshape(shape)

    def concat(self, arrays: Sequence[Array], /, *, axis: int = 0) -> Array:
        joined: Array = np.concatenate(arrays, axis=axis)
        return joined

    def stack(self, arrays: Sequence[Array], /, *, axis: int = 0) -> Array:
        stacked: Array = np.stack(arrays, axis=axis)
        return stacked


FAST = FastNumPy()
"""The namespace of every NumPy array."""
