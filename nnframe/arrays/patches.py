"""All windows as the rows of one matrix (im2col): for images so few and small that its copies cost less than care does.

The matrices of ``Windows`` need a third of the memory for a kernel of three, and a dozen steps to be made and put
together again. Where the whole matrix stays in the cache, one copy and one product are one and a half to nine times as
fast.
"""

from __future__ import annotations

import numpy as np

from nnframe.arrays.taps import framed
from nnframe.arrays.types import Array
from nnframe.arrays.windows import Windows

__all__ = ["few_patches", "gather_patches"]

_MOST = 100_000
_MOST_A_RUN = 4_000
"""The most numbers for each that lies next to the one before it in the image: short runs copy slowly."""


def few_patches(windows: Windows, batch: int, channels: int) -> bool:
    """Whether the matrix is so small that it pays.

    >>> from nnframe.arrays.windows import windows_of
    >>> windows = windows_of((13, 13), (3, 3), (1, 1), (1, 1), ((0, 0), (0, 0)))
    >>> few_patches(windows, 4, 8), few_patches(windows, 64, 8)
    (True, False)
    """
    run = channels * (windows.kernel[1] if windows.dilation[1] == 1 else 1)
    numbers = batch * windows.out[0] * windows.out[1] * windows.kernel[0] * windows.kernel[1] * channels
    return numbers <= min(_MOST, _MOST_A_RUN * run)


def gather_patches(x: Array, windows: Windows) -> Array:
    """Return the windows of x (batch, height, width, channels) as (batch · places, kernel · channels).

    >>> from nnframe.arrays.windows import windows_of
    >>> windows = windows_of((2, 3), (2, 2), (1, 1), (1, 1), ((0, 0), (0, 0)))
    >>> gather_patches(np.arange(6.0).reshape(1, 2, 3, 1), windows)
    array([[0., 1., 3., 4.],
           [1., 2., 4., 5.]])
    """
    image = np.ascontiguousarray(framed(x, windows))
    batch, channels = image.shape[0], image.shape[3]
    example, row, pixel, number = image.strides
    (down, across), (below, beside) = windows.stride, windows.dilation
    shape = batch, *windows.out, *windows.kernel, channels
    strides = example, row * down, pixel * across, row * below, pixel * beside, number
    seen: Array = np.ndarray(shape, image.dtype, image, 0, strides)
    return seen.reshape(batch * windows.out[0] * windows.out[1], windows.kernel[0] * windows.kernel[1] * channels)
