"""The linear map of convolutions and its two gradients, as a few matrix products over windows."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import attrs
import numpy as np

from nnframe.arrays import Array
from nnframe.arrays.windows import Windows, windows_of

__all__ = ["column_sums", "correlate", "input_gradient", "weight_gradient", "with_bias"]


_MANY = 32


def correlate(x: Array, weight: Array, windows: Windows) -> tuple[Array, list[Array]]:
    """Return y[n, p] = Σ x[n, p · stride + k · dilation - before] W[k], and the windows of x.

    Args:
        x: (batch, height, width, channels)
        weight: (kernel height, kernel width, channels, filters)
        windows: Those of the kernel on x.
    """
    rows = windows.gather(x)
    return windows.joined(rows, _matrix(weight), x.shape[0]), rows


def weight_gradient(rows: list[Array], dy: Array, windows: Windows) -> Array:
    """Return the gradient of the weight of ``correlate``: Σ over all windows of window ⊗ dy."""
    parts = windows.split(dy)
    total: Array = rows[0].T @ parts[0]
    for row, part in zip(rows[1:], parts[1:], strict=True):
        total += row.T @ part
    height, width = windows.kernel
    return np.ascontiguousarray(total.reshape(width, height, -1, dy.shape[-1]).swapaxes(0, 1))


def input_gradient(dy: Array, weight: Array, windows: Windows) -> Array:
    """Return the adjoint of ``correlate`` at dy: what each pixel gave to all the places that saw it.

    Where every place is a pixel (stride 1) this is the correlation of dy with the kernel turned by 180°; else, and
    where there are few channels (BLAS is slow on narrow results), each place's share is spread over its window.
    """
    channels, filters = weight.shape[2:]
    if windows.stride == (1, 1) and channels >= _MANY and filters <= 4 * channels:
        turned = weight[::-1, ::-1].swapaxes(2, 3)
        return np.ascontiguousarray(correlate(dy, turned, _turned(windows))[0])
    return windows.spread(windows.split(dy), _matrix(weight).T, dy.shape[0], channels)


def with_bias(y: Array, bias: Array | None) -> Array:
    """Return y + bias as a whole array: added row of pixels by row, for NumPy is slow on a few channels at a time."""
    if bias is None:
        return np.ascontiguousarray(y)
    batch, height, width, channels = y.shape
    return widened(y, np.add, bias).reshape(batch, height, width, channels)


def widened(y: Array, function: Callable[[Array, Array], Array], vector: Array) -> Array:
    """Return function(y, vector) over the last axis, computed on whole rows of pixels."""
    batch, height, width, channels = y.shape
    step = y.strides
    if step[2] != channels * y.itemsize or step[3] != y.itemsize:
        return function(y, vector)
    rows = np.lib.stride_tricks.as_strided(y, (batch, height, width * channels), (step[0], step[1], step[3]))
    return function(rows, np.tile(vector, width))


def column_sums(dy: Array) -> Array:
    """Return the sum over all axes but the last, as a product with ones: BLAS adds rows faster than NumPy does."""
    rows = dy.reshape(-1, dy.shape[-1]) if dy.size else dy.reshape(0, dy.shape[-1])
    return np.ones(len(rows), dy.dtype) @ rows


def _matrix(weight: Array) -> Array:
    """(kernel · channels, filters), ordered as the windows are: by column, row, channel."""
    return weight.swapaxes(0, 1).reshape(-1, weight.shape[3])


@lru_cache(maxsize=256)
def _turned(windows: Windows) -> Windows:
    """The windows on the output whose correlation gives the gradient of the input."""
    span = [windows.dilation[axis] * (windows.kernel[axis] - 1) for axis in (0, 1)]
    before = (span[0] - windows.before[0], span[1] - windows.before[1])
    base = windows_of(windows.out, windows.kernel, (1, 1), windows.dilation, ((0, 0), (0, 0)))
    return attrs.evolve(base, before=before, out=windows.size)
