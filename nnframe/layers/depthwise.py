"""The linear map of a convolution in which every channel has a kernel of its own, and its two gradients.

There is no matrix product in it: each element of the kernel is one product of what all places see at it with a weight
for each channel. What all places see is the framed image itself, from some pixel on, as one piece of memory: so every
pixel of the frame is treated as a place, and those that are none are left out at the end. A few examples are treated
at a time, so that they stay in the cache.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.arrays.taps import frame_size, inside
from nnframe.arrays.windows import Windows

__all__ = ["Depthwise"]

_CACHED = 1 << 15
_LONG = 4096


@frozen
class Depthwise:
    """y[n, p, c] = Σ x[n, p · stride + k · dilation - before, c] W[k, c], for images of one size.

    Attributes:
        windows: Those of the kernel on the image.
        channels: How many.
    """

    windows: Windows
    channels: int

    def output(self, x: Array, weight: Array) -> Array:
        """Return y of x (batch, height, width, channels) and the weight (kernel height, kernel width, channels)."""
        frames, kernels = self._frames(x), _tiled(weight, 0)
        y = np.empty((x.shape[0], *self.windows.out, self.channels), x.dtype)
        for some in self._pieces(len(x)):
            total, product = np.zeros((2, *self._rows(some)), x.dtype)
            if kernels.shape[1] != total.shape[1]:
                kernels = _tiled(weight, total.shape[1])
            for tap, kernel in zip(self._taps(frames, some), kernels, strict=True):
                total += np.multiply(tap, kernel, out=product)
            y[some] = self._places(total)
        return y

    def weight_gradient(self, x: Array, dy: Array) -> Array:
        """Return the gradient of the weight."""
        frames, (height, width) = self._frames(x), self.windows.kernel
        total = np.zeros((height * width, self.channels), dy.dtype)
        for some in self._pieces(len(x)):
            upstream = self._upstream(dy, some)
            for index, tap in enumerate(self._taps(frames, some)):
                total[index] += np.einsum("nk,nk->k", upstream, tap).reshape(-1, self.channels).sum(0)
        return total.reshape(height, width, self.channels)

    def input_gradient(self, dy: Array, weight: Array) -> Array:
        """Return the gradient of x."""
        frames, kernels = self._empty(len(dy), dy.dtype), _tiled(weight, 0)
        for some in self._pieces(len(dy)):
            upstream = self._upstream(dy, some)
            product = np.empty_like(upstream)
            if kernels.shape[1] != upstream.shape[1]:
                kernels = _tiled(weight, upstream.shape[1])
            for tap, kernel in zip(self._taps(frames, some), kernels, strict=True):
                np.add(tap, np.multiply(upstream, kernel, out=product), out=tap)
        return np.ascontiguousarray(inside(self._images(frames, len(dy)), self.windows))

    @property
    def _row(self) -> int:
        """How many numbers are in a row of the frame."""
        return frame_size(self.windows)[1] * self.channels

    @property
    def _example(self) -> int:
        return frame_size(self.windows)[0] * self._row

    def _empty(self, batch: int, dtype: np.dtype[np.floating]) -> Array:
        """Frames of zeros, one behind the other, and as many zeros more as the last place looks beyond."""
        (down, across), (height, width) = self.windows.dilation, self.windows.kernel
        beyond = (height - 1) * down * self._row + (width - 1) * across * self.channels
        return np.zeros(batch * self._example + beyond, dtype)

    def _frames(self, x: Array) -> Array:
        frames = self._empty(len(x), x.dtype)
        inside(self._images(frames, len(x)), self.windows)[...] = x
        return frames

    def _images(self, frames: Array, batch: int) -> Array:
        return frames[: batch * self._example].reshape(batch, *frame_size(self.windows), self.channels)

    def _pieces(self, batch: int) -> Iterator[slice]:
        each = max(1, _CACHED // self._example)
        return (slice(start, min(start + each, batch)) for start in range(0, batch, each))

    def _rows(self, some: slice) -> tuple[int, int]:
        """Some frames as rows that are long: NumPy is slow on short ones."""
        rows, most = (some.stop - some.start) * frame_size(self.windows)[0], max(_LONG // self._row, 1)
        joined = next(k for k in range(min(most, rows), 0, -1) if rows % k == 0)
        return rows // joined, joined * self._row

    def _taps(self, frames: Array, some: slice) -> Iterator[Array]:
        """What all pixels see at each element of the kernel, as views."""
        (down, across), (height, width) = self.windows.dilation, self.windows.kernel
        start, shape = some.start * self._example, self._rows(some)
        for i in range(height):
            for j in range(width):
                first = start + i * down * self._row + j * across * self.channels
                yield frames[first : first + shape[0] * shape[1]].reshape(shape)

    @property
    def _kept(self) -> tuple[slice, slice, slice]:
        """Which pixels of the frame are places."""
        (down, across), (rows, columns) = self.windows.stride, self.windows.out
        return slice(None), slice(0, (rows - 1) * down + 1, down), slice(0, (columns - 1) * across + 1, across)

    def _places(self, total: Array) -> Array:
        return total.reshape(-1, *frame_size(self.windows), self.channels)[self._kept]

    def _upstream(self, dy: Array, some: slice) -> Array:
        """The upstream of some examples as rows, zero at pixels that are no places."""
        rows = np.zeros(self._rows(some), dy.dtype)
        self._places(rows)[...] = dy[some]
        return rows


def _tiled(weight: Array, length: int) -> Array:
    """(kernel, length): the weight of each channel, again and again."""
    kernels = weight.reshape(-1, weight.shape[2])
    return np.tile(kernels, length // weight.shape[2])
