"""The linear map of a convolution in which every channel has a kernel of its own, and its two gradients.

There is no matrix product in it: each element of the kernel is one multiplication of two images, row of pixels by row
of pixels, a few examples at a time so that they stay in the cache.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nnframe.arrays import Array
from nnframe.arrays.taps import framed, inside, places
from nnframe.arrays.windows import Windows

__all__ = ["depthwise", "depthwise_input_gradient", "depthwise_weight_gradient"]

_CACHED = 1 << 15


def depthwise(x: Array, weight: Array, windows: Windows) -> tuple[Array, Array]:
    """Return y[n, p, c] = Σ x[n, p · stride + k · dilation - before, c] W[k, c], and x in its frame.

    Args:
        x: (batch, height, width, channels)
        weight: (kernel height, kernel width, channels)
        windows: Those of the kernel on x.
    """
    frame = framed(x, windows)
    y = np.empty((x.shape[0], *windows.out, x.shape[3]), x.dtype)
    tiles = _tiles(weight, windows)
    for some in _blocks(y):
        total, source = _wide(y[some]), frame[some]
        product = np.empty_like(total)
        for index, place in enumerate(places(windows)):
            np.multiply(_wide(source[place]), tiles[index], out=product if index else total)
            if index:
                total += product
    return y, frame


def depthwise_weight_gradient(frame: Array, dy: Array, windows: Windows) -> Array:
    """Return the gradient of the weight."""
    channels = dy.shape[3]
    total = np.zeros((windows.kernel[0] * windows.kernel[1], windows.out[1] * channels), dy.dtype)
    for some in _blocks(dy):
        upstream, source = _wide(dy[some]), frame[some]
        for index, place in enumerate(places(windows)):
            total[index] += np.einsum("nhk,nhk->k", upstream, _wide(source[place]))
    gradient: Array = total.reshape(*windows.kernel, windows.out[1], channels).sum(2)
    return gradient


def depthwise_input_gradient(dy: Array, weight: Array, windows: Windows, frame: Array) -> Array:
    """Return the gradient of x, which has this frame."""
    gradient = np.zeros_like(frame)
    tiles = _tiles(weight, windows)
    for some in _blocks(dy):
        upstream, target = _wide(dy[some]), gradient[some]
        product = np.empty_like(upstream)
        for index, place in enumerate(places(windows)):
            np.multiply(upstream, tiles[index], out=product)
            seen = target[place]
            if windows.stride[1] == 1:
                wide = _wide(seen)  # A view: rows of pixels are contiguous.
                wide += product
            else:
                seen += product.reshape(seen.shape)
    return np.ascontiguousarray(inside(gradient, windows))


def _blocks(y: Array) -> Iterator[slice]:
    """Cut a batch into pieces that fit into the cache."""
    each = max(1, _CACHED * len(y) // max(y.size, 1))
    return (slice(start, start + each) for start in range(0, len(y), each))


def _tiles(weight: Array, windows: Windows) -> Array:
    """(kernel, out width · channels): each element's channels, once for each pixel of a row."""
    return np.tile(weight.reshape(-1, weight.shape[2]), windows.out[1])


def _wide(x: Array) -> Array:
    """(n, height, width · channels); a view where rows of pixels are contiguous."""
    return x.reshape(*x.shape[:2], x.shape[2] * x.shape[3])
