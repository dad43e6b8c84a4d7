"""The other view of windows: for each element of a kernel, the image of what all windows see at it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from nnframe.arrays.types import Array, Integers
from nnframe.arrays.windows import Windows

__all__ = ["Place", "corners", "frame_size", "framed", "inside", "places"]

Place = tuple["slice[Any, Any, Any]", ...]


def framed(x: Array, windows: Windows, edge: float = 0.0) -> Array:
    """Return x (batch, height, width, channels) with a frame as wide as windows look beyond it; x if they do not."""
    size = frame_size(windows)
    if size == windows.size:
        return x
    frame = np.full((x.shape[0], *size, x.shape[3]), edge, x.dtype)
    inside(frame, windows)[...] = x
    return frame


def inside(frame: Array, windows: Windows) -> Array:
    """Return the image in its frame, as a view."""
    (top, left), (height, width) = windows.before, windows.size
    return frame[:, top : top + height, left : left + width]


@lru_cache(maxsize=256)
def frame_size(windows: Windows) -> tuple[int, int]:
    """Return the size of an image in its frame."""
    seen = [
        (windows.out[axis] - 1) * windows.stride[axis] + windows.dilation[axis] * (windows.kernel[axis] - 1) + 1
        for axis in (0, 1)
    ]
    height, width = (max(seen[axis], windows.before[axis] + windows.size[axis]) for axis in (0, 1))
    return height, width


@lru_cache(maxsize=256)
def places(windows: Windows) -> list[Place]:
    """Return, for each element of the kernel, row by row, where in the frame all windows see it.

    >>> from nnframe.arrays.windows import windows_of
    >>> windows = windows_of((4, 4), (2, 2), (2, 2), (1, 1), ((0, 0), (0, 0)))
    >>> x = np.arange(16.0).reshape(1, 4, 4, 1)
    >>> x[places(windows)[1]].ravel()
    array([ 1.,  3.,  9., 11.])
    """
    (down, across), (rows, columns) = windows.stride, windows.out
    return [
        (slice(None), slice(i, i + (rows - 1) * down + 1, down), slice(j, j + (columns - 1) * across + 1, across))
        for i, j in (corners(windows) + windows.before).tolist()
    ]


@lru_cache(maxsize=256)
def corners(windows: Windows) -> Integers:
    """Return where the first window sees each element of the kernel, row by row: (down, right) from the image's corner.

    >>> from nnframe.arrays.windows import windows_of
    >>> corners(windows_of((4, 4), (1, 2), (2, 2), (1, 1), ((1, 1), (0, 0)))).tolist()
    [[-1, 0], [-1, 1]]
    """
    seen = np.moveaxis(np.indices(windows.kernel), 0, -1).reshape(-1, 2) * windows.dilation - windows.before
    seen.flags.writeable = False
    return seen
