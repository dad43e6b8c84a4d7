"""AveragePool1D and AveragePool2D: the mean of each window."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.arrays.taps import framed, inside, places
from nnframe.arrays.windows import Windows
from nnframe.layers.pooling import Pool1D, Pool2D, Pooled

__all__ = ["AveragePool1D", "AveragePool2D"]


@frozen
class AveragePool2D(Pool2D):
    """y[n, p, c] = mean of x[n, q, c] over the window at p, padding left out.

    (batch, height, width, channels) -> (batch, out height, out width, channels).

    Args:
        pool_size: (height, width) of the window; one number for both.
        stride: The same of its steps; by default the window's size, so that windows do not overlap.
        padding: "valid", "same", or less than the window: a number, (height, width), ((top, bottom), (left, right)).

    >>> from nnframe.interfaces import Context
    >>> y, pull = AveragePool2D(2).apply(np.arange(4.0).reshape(1, 2, 2, 1), Context())
    >>> y.item(), pull(np.ones_like(y)).ravel()
    (1.5, array([0.25, 0.25, 0.25, 0.25]))
    """

    def pool(self, x: Array, windows: Windows) -> Pooled:
        return _pool(x, windows)


@frozen
class AveragePool1D(Pool1D):
    """y[n, p, c] = mean of x[n, q, c] over the window at p, padding left out.

    (batch, length, features) -> (batch, out length, features).

    Args:
        pool_size: The length of the window.
        stride: Its steps; by default its length, so that windows do not overlap.
        padding: "valid", "same", "causal", or less than the window: a number, or (before, after).

    >>> from nnframe.interfaces import Context
    >>> y, pull = AveragePool1D(2).apply(np.array([[[1.0], [5.0]]]), Context())
    >>> y.item(), pull(y).ravel()
    (3.0, array([1.5, 1.5]))
    """

    def pool(self, x: Array, windows: Windows) -> Pooled:
        return _pool(x, windows)


_MANY = 1024
"""Places of a window above which they are added in float64: one after the other, float32 errs as their number does."""


def _pool(x: Array, windows: Windows) -> tuple[Array, Callable[[Array], Array]]:
    frame = framed(x, windows)
    dtype = np.dtype(np.float64) if math.prod(windows.kernel) > _MANY else x.dtype
    scale = _inverse_counts(windows).astype(dtype, copy=False)
    first, *others = places(windows)
    y = frame[first].astype(dtype, order="C")
    for place in others:
        y += frame[place]
    y *= scale

    def pull(dy: Array) -> Array:
        share = dy * scale
        dx = np.zeros_like(frame, dtype)
        for place in places(windows):
            dx[place] += share
        return inside(dx, windows).astype(x.dtype, order="C", copy=False)

    return y.astype(x.dtype, copy=False), pull


@lru_cache(maxsize=64)
def _inverse_counts(windows: Windows) -> Array:
    """1 / (how many elements of the image each window sees), (out height, out width, 1)."""
    counts = []
    for axis in (0, 1):
        first = np.arange(windows.out[axis]) * windows.stride[axis] - windows.before[axis]
        counts.append(np.minimum(first + windows.kernel[axis], windows.size[axis]) - np.maximum(first, 0))
    inverse: Array = 1.0 / np.multiply.outer(*counts)[:, :, None]
    inverse.flags.writeable = False
    return inverse
