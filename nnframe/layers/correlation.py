"""The linear map of convolutions, its adjoint, and the gradient of its weight, as matrix products over windows.

A few examples are treated at a time, so that their windows stay in the cache; and windows are gathered again on the
way back, which costs less than to keep them in memory. Where all windows are few, they make one matrix (``patches``).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nnframe.arrays import Array
from nnframe.arrays.patches import few_patches, gather_patches
from nnframe.arrays.windows import Windows
from nnframe.compiled import compiles

__all__ = ["correlate", "spread", "weight_gradient"]

_CACHED = 200_000
"""How many numbers may be in the windows of the examples that are treated at a time."""
_COMPILED = 800_000
"""The same where compiled loops gather: they need no cache, and longer matrix products are quicker."""


def correlate(x: Array, weight: Array, windows: Windows, bias: Array | None = None) -> Array:
    """Return y[n, p] = b + Σ x[n, p · stride + k · dilation - before] W[k].

    Args:
        x: (batch, height, width, channels)
        weight: (kernel height, kernel width, channels, filters)
        windows: Those of the kernel on x.
        bias: (filters,)
    """
    if few_patches(windows, len(x), x.shape[3]):
        return _of_few(x, weight, windows, bias)
    matrix, filters = _matrix(weight), weight.shape[3]
    y = np.empty((x.shape[0], windows.out[0], windows.out[1] * filters), x.dtype)
    row = None if bias is None else np.broadcast_to(bias, (windows.out[1], filters)).reshape(-1)
    for some in _pieces(x, windows):
        found = windows.joined(windows.gather(x[some]), matrix, len(x[some]))
        if row is None:
            y[some] = found
        else:
            np.add(found, row, out=y[some])
    return y.reshape(x.shape[0], *windows.out, filters)


def _of_few(x: Array, weight: Array, windows: Windows, bias: Array | None) -> Array:
    """The same where one matrix holds all windows."""
    y: Array = gather_patches(x, windows) @ weight.reshape(-1, weight.shape[3])
    if bias is not None:
        y += bias
    return y.reshape(len(x), *windows.out, weight.shape[3])


def spread(dy: Array, weight: Array, windows: Windows, bias: Array | None = None) -> Array:
    """Return the adjoint of ``correlate`` at dy: what each pixel gave to all the places that saw it; plus b."""
    seen = windows.adjoint
    if seen is not None and _turning_pays(len(dy), weight, seen):
        return correlate(dy, weight[::-1, ::-1].swapaxes(2, 3), seen, bias)
    channels = weight.shape[2]
    matrix = _matrix(weight).T
    x = np.empty((dy.shape[0], *windows.size, channels), dy.dtype)
    for some in _pieces(x, windows):
        x[some] = windows.spread(windows.split(dy[some]), matrix, len(x[some]), channels)
    if bias is not None:
        x += bias
    return x


def _turning_pays(batch: int, weight: Array, seen: Windows) -> bool:
    """Whether gathering what each pixel gets, through the kernel turned by half a circle, is quicker than adding it up.

    For a place adding walks through the channels, more than once; for a pixel gathering walks through the filters.
    """
    channels, filters = weight.shape[2:]
    pixels, places = seen.out[0] * seen.out[1], seen.size[0] * seen.size[1]
    less = channels > 1 and pixels * filters <= 2 * places * channels
    return less or few_patches(seen, batch, filters)


def weight_gradient(x: Array, dy: Array, windows: Windows) -> Array:
    """Return the gradient of the weight of ``correlate``: Σ over all windows of window ⊗ dy."""
    height, width = windows.kernel
    channels, filters = x.shape[3], dy.shape[3]
    if few_patches(windows, len(x), channels):
        return np.asarray(gather_patches(x, windows).T @ _rows(dy)).reshape(height, width, channels, filters)
    total = np.zeros((height * width * channels, filters), dy.dtype)
    for some in _pieces(x, windows):
        for row, part in zip(windows.gather(x[some]), windows.split(dy[some]), strict=True):
            total += row.T @ part
    return np.ascontiguousarray(total.reshape(width, height, channels, filters).swapaxes(0, 1))


def _rows(dy: Array) -> Array:
    """(places, filters)"""
    return dy.reshape(-1, dy.shape[-1]) if dy.size else dy.reshape(0, dy.shape[-1])


def _matrix(weight: Array) -> Array:
    """(kernel · channels, filters), ordered as the windows are: by column, row, channel."""
    return weight.swapaxes(0, 1).reshape(-1, weight.shape[3])


def _pieces(x: Array, windows: Windows) -> Iterator[slice]:
    """Cut a batch into pieces whose windows fit into the cache."""
    most = _COMPILED if compiles(x) else _CACHED
    each = max(1, most // max(windows.gathered(x.shape[3]), 1))
    return (slice(start, start + each) for start in range(0, len(x), each))
