"""MaxPool1D and MaxPool2D: the largest element of each window."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, reduce

import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.arrays.taps import corners, framed, inside, places
from nnframe.arrays.windows import Windows
from nnframe.compiled import compiles
from nnframe.compiled.pools import find_largest_of_tiles, pull_largest, pull_largest_of_tiles
from nnframe.layers.pooling import Pool1D, Pool2D, Pooled

__all__ = ["MaxPool1D", "MaxPool2D"]


@frozen
class MaxPool2D(Pool2D):
    """y[n, p, c] = max of x[n, q, c] over the window at p; of equal elements the first, row by row, gets the gradient.

    (batch, height, width, channels) -> (batch, out height, out width, channels). Padding never wins.

    Args:
        pool_size: (height, width) of the window; one number for both.
        stride: The same of its steps; by default the window's size, so that windows do not overlap.
        padding: "valid", "same", or less than the window: a number, (height, width), ((top, bottom), (left, right)).

    >>> from nnframe.interfaces import Context
    >>> y, pull = MaxPool2D(2).apply(np.arange(4.0).reshape(1, 2, 2, 1), Context())
    >>> y.item(), pull(y).ravel()
    (3.0, array([0., 0., 0., 3.]))
    """

    def pool(self, x: Array, windows: Windows) -> Pooled:
        return _pool(x, windows)


@frozen
class MaxPool1D(Pool1D):
    """y[n, p, c] = max of x[n, q, c] over the window at p; of equal elements the first gets the gradient.

    (batch, length, features) -> (batch, out length, features). Padding never wins.

    Args:
        pool_size: The length of the window.
        stride: Its steps; by default its length, so that windows do not overlap.
        padding: "valid", "same", "causal", or less than the window: a number, or (before, after).

    >>> from nnframe.interfaces import Context
    >>> y, pull = MaxPool1D(2).apply(np.array([[[1.0], [5.0], [2.0]]]), Context())
    >>> y.item(), pull(y).ravel()
    (5.0, array([0., 5., 0.]))
    """

    def pool(self, x: Array, windows: Windows) -> Pooled:
        return _pool(x, windows)


_DEEP, _TILED = 8, 4
"""Channels from which on a place is worth a loop of its own; the same where windows tile the image."""


def _pool(x: Array, windows: Windows) -> tuple[Array, Callable[[Array], Array]]:
    if windows.tile and x.shape[3] >= _TILED and compiles(x):
        return _of_tiles(x, windows)
    frame = framed(x, windows, -np.inf)
    if x.shape[3] >= _DEEP and compiles(x):
        y = _largest(frame, windows)
        return y, partial(_pulled, x, y, windows)
    seen = places(windows)
    taps = [np.ascontiguousarray(frame[place]) for place in seen]  # side by side, they are compared at full speed
    y = taps[0].copy()
    for tap in taps[1:]:
        np.maximum(y, tap, out=y)

    def pull(dy: Array) -> Array:
        left = dy.copy()  # What no element of the window has got yet.
        share = np.empty_like(dy)
        hit = np.empty(dy.shape, np.bool_)
        dx = np.zeros_like(frame)
        for place, tap in zip(seen, taps, strict=True):
            np.equal(tap, y, out=hit)
            np.multiply(left, hit, out=share)
            left -= share
            if windows.apart:
                dx[place] = share
            else:
                dx[place] += share
        return np.ascontiguousarray(inside(dx, windows))

    return y, pull


def _largest(frame: Array, windows: Windows) -> Array:
    """The largest of each window: first of its rows, which lie in memory as they are, then of its columns."""
    band = reduce(np.maximum, (frame[:, some] for some in _slices(windows, 0)))
    y, *others = (np.ascontiguousarray(band[:, :, some]) for some in _slices(windows, 1))
    y = y.copy() if np.may_share_memory(y, frame) else y
    for each in others:
        np.maximum(y, each, out=y)
    return y


def _slices(windows: Windows, axis: int) -> list[slice]:
    """Where all windows see each element of the kernel along an axis of the frame."""
    stride, reach = windows.stride[axis], (windows.out[axis] - 1) * windows.stride[axis] + 1
    starts = range(0, windows.kernel[axis] * windows.dilation[axis], windows.dilation[axis])
    return [slice(start, start + reach, stride) for start in starts]


def _pulled(x: Array, y: Array, windows: Windows, dy: Array) -> Array:
    """The way back in one walk, compiled."""
    dx = np.zeros_like(x)
    pull_largest(x, y, corners(windows), np.array(windows.stride), np.array(dy, x.dtype, order="C"), dx)
    return dx


def _of_tiles(x: Array, windows: Windows) -> tuple[Array, Callable[[Array], Array]]:
    """Both ways in one walk each, compiled, where every pixel is in one window."""
    (rows, columns), (height, width) = windows.out, windows.kernel
    tiles = x.reshape(len(x), rows, height, columns, width, x.shape[3])
    y = np.empty((len(x), rows, columns, x.shape[3]), x.dtype)
    find_largest_of_tiles(tiles, y)

    def pull(dy: Array) -> Array:
        dx = np.empty_like(x)
        pull_largest_of_tiles(tiles, y, np.ascontiguousarray(dy, x.dtype), dx.reshape(tiles.shape))
        return dx

    return y, pull
