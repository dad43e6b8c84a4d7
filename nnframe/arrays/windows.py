"""The windows that a kernel sees of an image, as rows of matrices that overlap in memory.

A matrix of all windows (im2col) copies every pixel once for each position of the kernel. Here only the positions
along the height are copied: the kernel's columns lie side by side in one strip of memory anyway, so a window is a
contiguous piece of its strip, and every m-th window begins a whole number of rows later. That makes m matrices, each
of which BLAS takes as it is, of a third of the memory for a kernel of three. Strips lie one behind the other, and the
zeros at the end of one are those at the beginning of the next; windows that reach from one into the other are not asked
for, and what is computed there is cut off.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from attrs import field, frozen

from nnframe.arrays.types import Array, Integers
from nnframe.compiled.loop import compiles
from nnframe.compiled.strips import add_strips, fill_strips

__all__ = ["Pair", "Windows", "windows_of"]

_DEEP = 4
"""Channels from which on a pixel is worth a loop of its own."""

Pair = tuple[int, int]
Place = tuple["slice[Any, Any, Any]", ...]


@frozen
class Windows:
    """The places of a kernel on images of one size; all pairs are (height, width).

    Attributes:
        size: The size of the image, without padding.
        kernel, stride, dilation: The kernel's size, its steps, and the distance of its elements.
        before: How many zeros are in front of each axis.
        out: How many places there are.
    """

    size: Pair
    kernel: Pair
    stride: Pair
    dilation: Pair
    before: Pair
    out: Pair
    sliding: bool = field(init=False)
    """Whether a window's columns are neighbours in a strip."""
    step: int = field(init=False)
    """How far apart in a strip two windows begin."""
    matrices: int = field(init=False)
    """How many matrices all windows make."""
    places: int = field(init=False)
    """How many windows a strip holds, with those that reach into the next."""

    @sliding.default
    def _find_sliding(self) -> bool:
        return self.dilation[1] == 1 or self.kernel[1] == 1

    @step.default
    def _find_step(self) -> int:
        return self.stride[1] if self.sliding else 1

    @matrices.default
    def _find_matrices(self) -> int:
        return -(-self._width // self.step)

    @places.default
    def _find_places(self) -> int:
        length = (self.out[1] - 1) * self.step + self._width
        zeros = max(length - self.before[1] - self.size[1], 0) if self.sliding else 0
        return max(-(-(length - min(zeros, self.before[1])) // self.step), self.out[1])

    @property
    def apart(self) -> bool:
        """Whether no pixel is seen by two windows."""
        return all(self.stride[axis] > self.dilation[axis] * (self.kernel[axis] - 1) for axis in (0, 1))

    @property
    def tile(self) -> bool:
        """Whether every pixel is seen by one window."""
        whole = all(self.out[axis] * self.kernel[axis] == self.size[axis] for axis in (0, 1))
        return whole and self.stride == self.kernel and self.dilation == (1, 1) and self.before == (0, 0)

    @cached_property
    def adjoint(self) -> Windows | None:
        """Through which each pixel sees the places that saw it; None where those are more than a step apart.

        A kernel that is turned by half a circle sees through them what ``spread`` adds up.
        """
        reach = [self.dilation[axis] * (self.kernel[axis] - 1) for axis in (0, 1)]
        before = reach[0] - self.before[0], reach[1] - self.before[1]
        after = [self.size[axis] - self.out[axis] + reach[axis] - before[axis] for axis in (0, 1)]
        if self.stride != (1, 1) or min(*before, *after) < 0:
            return None
        return Windows(self.out, self.kernel, (1, 1), self.dilation, before, self.size)

    @cached_property
    def taps(self) -> tuple[tuple[int, int], ...]:
        """The distances (down, right) from a window's corner at which a strip is gathered."""
        columns = range(1 if self.sliding else self.kernel[1])
        return tuple((i * self.dilation[0], j * self.dilation[1]) for j in columns for i in range(self.kernel[0]))

    def gather(self, x: Array) -> list[Array]:
        """Return the windows of x (batch, height, width, channels) as matrices (rows, kernel · channels).

        Matrix r holds the windows r, r + m, r + 2m, ... of all strips. A row is ordered by column, row, channel of the
        kernel. Some rows are no windows of the image; what stands there is finite.
        """
        batch, channels = x.shape[0], x.shape[3]
        if self._is_plain:
            return [x.reshape(batch * self.out[0] * self.places, self.step * channels)[:, : self._width * channels]]
        buffer, strips = self._buffer(batch, channels, x.dtype)
        if self._pays(strips, x):
            fill_strips(x, *self._steps, strips)
            return self._matrices(buffer, batch, channels)
        for slot, (inside, here, there) in enumerate(self._overlaps):
            strip = strips[:, :, :, slot]
            for edge in inside:
                strip[edge] = 0
            strip[here] = x[there]
        return self._matrices(buffer, batch, channels)

    def spread(self, windows: list[Array], weight: Array, batch: int, channels: int) -> Array:
        """Return the adjoint of ``gather`` at windows[r] @ weight: what each pixel gets from all windows it is in.

        Args:
            windows: Matrices (rows, k), zero where a row is no window.
            weight: (k, kernel · channels)
            batch, channels: Of the image.
        """
        dtype = weight.dtype
        if self._is_plain and self.step * channels == weight.shape[1]:
            image: Array = np.matmul(windows[0], weight)
            return image.reshape(batch, *self.size, channels)
        buffer, strips = self._buffer(batch, channels, dtype)
        targets = self._matrices(buffer, batch, channels)
        if self._width == self.matrices * self.step:  # The first matrix covers all.
            np.matmul(windows[0], weight, out=targets[0])
        else:
            buffer[:] = 0
            targets[0] += windows[0] @ weight
        share = np.empty(targets[0].shape if self.matrices > 1 else (0, 0), dtype)
        for index in range(1, self.matrices):
            targets[index] += np.matmul(windows[index], weight, out=share)
        x = np.zeros((batch, *self.size, channels), dtype)
        if self._pays(strips, x):
            add_strips(strips, *self._steps, x)
            return x
        for slot, (_, here, there) in enumerate(self._overlaps):
            x[there] += strips[:, :, :, slot][here]
        return x

    def split(self, y: Array) -> list[Array]:
        """Return y (batch, *out, channels) as matrices like those of ``gather``, zero where a row is no window."""
        batch, channels = y.shape[0], y.shape[3]
        if batch * self.out[0] * self.out[1] != self._rows(batch) * self.matrices:
            padded = self._placed(batch, channels, y.dtype)
            images = self._images(padded, batch)
            images[:, :, : self.out[1]] = y
            images[:, :, self.out[1] :] = 0
            padded.reshape(-1, channels)[batch * self.out[0] * self.places :] = 0
            y = padded
        parts = y.reshape(self._rows(batch), self.matrices, channels)
        return [parts[:, index] for index in range(self.matrices)]

    def joined(self, windows: list[Array], weight: Array, batch: int) -> Array:
        """Return windows[r] @ weight, put together as (batch, out height, out width · channels): a view."""
        y = self._placed(batch, weight.shape[1], weight.dtype)
        for index, rows in enumerate(windows):
            np.matmul(rows, weight, out=y[:, index])
        wide = self._images(y, batch).reshape(batch, self.out[0], self.places * weight.shape[1])
        return wide[:, :, : self.out[1] * weight.shape[1]]

    def gathered(self, channels: int) -> int:
        """How many numbers ``gather`` copies of each example."""
        return 0 if self._is_plain else self.out[0] * self.places * self.step * len(self.taps) * channels

    def _rows(self, batch: int) -> int:
        """How many rows each matrix has."""
        return -(-batch * self.out[0] * self.places // self.matrices)

    def _placed(self, batch: int, channels: int, dtype: np.dtype[np.floating]) -> Array:
        """Return an empty array for one vector a window, also those that are not asked for."""
        return np.empty((self._rows(batch), self.matrices, channels), dtype)

    def _images(self, placed: Array, batch: int) -> Array:
        """Return it as (batch, out height, places, channels)."""
        vectors = placed.reshape(-1, placed.shape[2])[: batch * self.out[0] * self.places]
        return vectors.reshape(batch, self.out[0], self.places, placed.shape[2])

    @property
    def _steps(self) -> tuple[Integers, Integers]:
        """What compiled loops know of the windows: the taps from the image's corner, and the stride of strips."""
        across = 1 if self.sliding else self.stride[1]
        return np.array(self.taps) - np.array(self.before), np.array([self.stride[0], across])

    def _pays(self, strips: Array, x: Array) -> bool:
        """Whether compiled loops should copy: they take a pixel at a time, NumPy a row."""
        return x.shape[3] >= _DEEP and compiles(strips, x)

    @property
    def _width(self) -> int:
        return self.kernel[1] if self.sliding else 1

    @property
    def _is_plain(self) -> bool:
        """Whether the image, as it lies in memory, is the strips already."""
        whole = self.before == (0, 0) and self.places * self.step == self.size[1] and self.matrices == 1
        return whole and self.kernel[0] == self.stride[0] == 1 and self.sliding and self.out[0] == self.size[0]

    def _buffer(self, batch: int, channels: int, dtype: np.dtype[np.floating]) -> tuple[Array, Array]:
        """Return memory for all strips and what windows see beyond them, and the strips in it."""
        depth = len(self.taps) * channels
        size = batch * self.out[0] * self.places * self.step * depth
        buffer = np.empty(((self._rows(batch) + 1) * self.matrices * self.step + self._width) * depth, dtype)
        buffer[size:] = 0
        return buffer, buffer[:size].reshape(batch, self.out[0], self.places * self.step, len(self.taps), channels)

    def _matrices(self, buffer: Array, batch: int, channels: int) -> list[Array]:
        item, depth = buffer.itemsize, len(self.taps) * channels
        shape = self._rows(batch), self._width * depth
        strides = self.matrices * self.step * depth * item, item
        offsets = range(0, self.matrices * self.step * depth * item, self.step * depth * item)
        return [np.ndarray(shape, buffer.dtype, buffer, offset, strides) for offset in offsets]

    @cached_property
    def _overlaps(self) -> list[tuple[list[Place], Place, Place]]:
        return [self._overlap(tap) for tap in self.taps]

    def _overlap(self, tap: Pair) -> tuple[list[Place], Place, Place]:
        """Return where in the strips a tap sees padding, where it sees the image, and where in that."""
        length = self.places * self.step
        across = 1 if self.sliding else self.stride[1]
        top, bottom, rows = _span(self.size[0], self.out[0], self.stride[0], tap[0] - self.before[0])
        left, right, columns = _span(self.size[1], length, across, tap[1] - self.before[1])
        every = slice(None)
        edges: list[Place] = [(every, slice(0, top)), (every, slice(bottom, None))]
        edges += [(every, every, slice(0, left)), (every, every, slice(right, None))]
        return edges, (every, slice(top, bottom), slice(left, right)), (every, rows, columns)


def _span(size: int, places: int, stride: int, offset: int) -> tuple[int, int, slice]:
    """Return the first place that is inside an axis, the end of those, and where they are: place · stride + offset."""
    first = min(max(-(offset // stride), 0), places)
    end = max(min((size - 1 - offset) // stride + 1, places), first)
    start = first * stride + offset
    return first, end, slice(start, start + (end - first - 1) * stride + 1, stride) if end > first else slice(0, 0)


@lru_cache(maxsize=256)
def windows_of(size: Pair, kernel: Pair, stride: Pair, dilation: Pair, padding: tuple[Pair, Pair]) -> Windows:
    """Return the windows on images of a size, padded by ((top, bottom), (left, right)); there may be less than one.

    >>> windows_of((5, 5), (3, 3), (2, 2), (1, 1), ((1, 1), (1, 1))).out
    (3, 3)
    """
    out = [
        (size[axis] + sum(padding[axis]) - dilation[axis] * (kernel[axis] - 1) - 1) // stride[axis] + 1
        for axis in (0, 1)
    ]
    return Windows(size, kernel, stride, dilation, (padding[0][0], padding[1][0]), (out[0], out[1]))
