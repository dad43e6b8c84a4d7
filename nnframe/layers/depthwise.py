"""The linear map of a convolution in which every channel has a kernel of its own, and its two gradients.

There is no matrix product in it: it adds up, over the elements of the kernel, what all places see at one times a weight
for each channel. What all places see is the framed image itself, from some pixel on, as one piece of memory: so every
pixel of the frame is treated as a place, and those that are none are left out at the end. A few examples are treated
at a time, so that they stay in the cache, and ``np.einsum`` multiplies and adds in one walk through them.
"""

from __future__ import annotations

import numpy as np
from attrs import frozen
from numpy.lib.stride_tricks import as_strided

from nnframe.arrays import Array, Integers
from nnframe.arrays.parallel import for_each
from nnframe.arrays.sums import sum_columns
from nnframe.arrays.taps import corners, frame_size, inside
from nnframe.arrays.windows import Windows
from nnframe.compiled import compiles
from nnframe.compiled.depthwise import add_channels, add_input_gradient, add_weight_gradient

__all__ = ["Depthwise"]

_CACHED = 1 << 16
_LONG = 5000
_COMPILED = 1 << 18
_FEW = 512
"""Rows of images whose sum keeps its digits."""


@frozen
class Depthwise:
    """y[n, p, c] = Σ x[n, p · stride + k · dilation - before, c] W[k, c], for images of one size.

    Attributes:
        windows: Those of the kernel on the image.
        channels: How many.
    """

    windows: Windows
    channels: int

    def output(self, x: Array, weight: Array, bias: Array) -> Array:
        """Return b + y, of x (batch, height, width, channels) and W (kernel height, kernel width, channels)."""
        if self._by_loops(x, weight, bias):
            total = np.empty((len(x), self.windows.out[0], self._length), x.dtype)
            total[...] = np.tile(bias, self.windows.out[1])
            image, repeated = self._joined(x), self._repeated(weight)
            for_each(lambda some: add_channels(image[some], *self._steps, repeated, total[some]), *_shares(total))
            return total.reshape(len(x), *self.windows.out, self.channels)
        y, kernels = np.empty((x.shape[0], *self.windows.out, self.channels), x.dtype), self._tiled(weight, len(x))

        def fill(some: slice) -> None:
            taps = self._taps(self._frames(x[some]))
            found = np.einsum("ijnk,ijk->nk", taps, kernels[taps.shape[3]])
            found += np.tile(bias, taps.shape[3] // self.channels)
            y[some] = self._places(found)

        for_each(fill, self._pieces(len(x)), x.size)
        return y

    def weight_gradient(self, x: Array, dy: Array) -> Array:
        """Return the gradient of the weight."""
        kernel = self.windows.kernel
        if self._by_loops(dy, x):
            cut, image, upstream = _shares(dy)[0], self._joined(x), self._joined(dy)
            shares = np.zeros((len(cut), kernel[0] * kernel[1], self._length), dy.dtype)

            def add(index: int) -> None:
                add_weight_gradient(image[cut[index]], *self._steps, upstream[cut[index]], shares[index])

            for_each(add, range(len(cut)), dy.size)
            total = sum_columns(shares.reshape(len(cut), -1)).reshape(*kernel, self.windows.out[1], self.channels)
            return sum_columns(total)

        def share(some: slice) -> Array:
            taps = self._taps(self._frames(x[some]))
            upstream = np.zeros(taps.shape[2:], dy.dtype)
            self._places(upstream)[...] = dy[some]
            return sum_columns(np.einsum("nk,ijnk->ijk", upstream, taps).reshape(*kernel, -1, self.channels))

        found = for_each(share, self._pieces(len(x)), x.size)
        if not found:
            return np.zeros((*kernel, self.channels), dy.dtype)
        return sum_columns(np.stack(found).reshape(len(found), -1)).reshape(*kernel, self.channels)

    def input_gradient(self, dy: Array, weight: Array) -> Array:
        """Return the gradient of x: a convolution of dy with the kernel turned round."""
        if self._by_loops(dy, weight):
            image = np.zeros((len(dy), *self.windows.size, self.channels), dy.dtype)
            upstream, target, repeated = self._joined(dy), self._joined(image), self._repeated(weight)
            for_each(
                lambda some: add_input_gradient(upstream[some], *self._steps, repeated, target[some]), *_shares(dy)
            )
            return image
        dx, kernels = np.empty((len(dy), *self.windows.size, self.channels), dy.dtype), self._tiled(weight, len(dy))

        def fill(some: slice) -> None:
            frames = self._empty(some.stop - some.start, dy.dtype)
            self._places(frames[self._beyond :])[...] = dy[some]
            taps = self._taps(frames)[::-1, ::-1]
            found = np.einsum("ijnk,ijk->nk", taps, kernels[taps.shape[3]])
            dx[some] = inside(self._images(found), self.windows)

        for_each(fill, self._pieces(len(dy)), dy.size)
        return dx

    def _by_loops(self, first: Array, *others: Array) -> bool:
        return self.windows.stride[1] == 1 and compiles(first, *others)

    @property
    def _length(self) -> int:
        """How many numbers are in a row of the output."""
        return self.windows.out[1] * self.channels

    def _joined(self, x: Array) -> Array:
        """(batch, height, width · channels)"""
        return x.reshape(len(x), x.shape[1], x.shape[2] * x.shape[3])

    def _repeated(self, weight: Array) -> Array:
        """The weight of each tap for every place of a row."""
        return np.tile(weight.reshape(-1, self.channels), self.windows.out[1])

    @property
    def _steps(self) -> tuple[Integers, int]:
        """What compiled loops know of the windows: the taps, and the stride down."""
        return corners(self.windows) * np.array([1, self.channels]), self.windows.stride[0]

    @property
    def _row(self) -> int:
        """How many numbers are in a row of the frame."""
        return frame_size(self.windows)[1] * self.channels

    @property
    def _example(self) -> int:
        return frame_size(self.windows)[0] * self._row

    @property
    def _beyond(self) -> int:
        """How many numbers behind a pixel its last tap is."""
        (down, across), (height, width) = self.windows.dilation, self.windows.kernel
        return (height - 1) * down * self._row + (width - 1) * across * self.channels

    def _empty(self, batch: int, dtype: np.dtype[np.floating]) -> Array:
        """Frames of zeros, one behind the other, and as many zeros more as the last place looks beyond."""
        return np.zeros(batch * self._example + self._beyond, dtype)

    def _frames(self, x: Array) -> Array:
        frames = self._empty(len(x), x.dtype)
        inside(self._images(frames[: len(x) * self._example]), self.windows)[...] = x
        return frames

    def _images(self, frames: Array) -> Array:
        return frames.reshape(-1, *frame_size(self.windows), self.channels)

    def _pieces(self, batch: int) -> list[slice]:
        each = max(1, _CACHED // self._example)
        return [slice(start, min(start + each, batch)) for start in range(0, batch, each)]

    def _rows(self, batch: int) -> tuple[int, int]:
        """Some frames as rows that are long: NumPy is slow on short ones."""
        rows, most = batch * frame_size(self.windows)[0], max(_LONG // self._row, 1)
        joined = next(k for k in range(min(most, rows), 0, -1) if rows % k == 0)
        return rows // joined, joined * self._row

    def _taps(self, frames: Array) -> Array:
        """What all pixels see at each element of the kernel, as a view (kernel height, kernel width, *rows)."""
        (down, across), item = self.windows.dilation, frames.itemsize
        shape = self._rows((len(frames) - self._beyond) // self._example)
        strides = down * self._row * item, across * self.channels * item, shape[1] * item, item
        return as_strided(frames, (*self.windows.kernel, *shape), strides, writeable=False)

    def _places(self, total: Array) -> Array:
        """Those pixels of frames that are places, as a view."""
        (down, across), (rows, columns) = self.windows.stride, self.windows.out
        places = slice(0, (rows - 1) * down + 1, down), slice(0, (columns - 1) * across + 1, across)
        return self._images(total)[(slice(None), *places)]

    def _tiled(self, weight: Array, batch: int) -> dict[int, Array]:
        """The weight of each channel, again and again, for rows of each length that there is."""
        lengths = {self._rows(some.stop - some.start)[1] for some in self._pieces(batch)}
        return {length: np.tile(weight, length // self.channels) for length in lengths}


def _shares(x: Array) -> tuple[list[slice], int]:
    """Pieces of the batch that are worth a thread's while, and how many numbers all have."""
    each = max(1, min(_COMPILED * len(x) // max(x.size, 1), _FEW // x.shape[1]))
    return [slice(start, start + each) for start in range(0, len(x), each)], x.size
