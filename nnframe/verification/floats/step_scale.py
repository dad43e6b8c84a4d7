"""Scales: the unit of each element's steps, a power of two near its own size."""

from __future__ import annotations

import numpy as np

from nnframe.arrays import Array
from nnframe.verification.floats.blocked import CHUNK, Pattern

__all__ = ["MANY", "element_scales", "patterned", "thinned", "usual_scales"]

TINY_AGAINST_MEDIAN = 2.0**-6
MANY = 2**16
SMALLEST, LARGEST = 2.0**-1000, 2.0**1000
EXPONENT = np.int64(0x7FF0 << 48)
"""The bits of a float64 that hold its exponent."""


def element_scales(values: Array) -> Array:
    """The scale of each element: a power of two near |θ|, or near the tensor's median where |θ| is tiny against it.

    The median is that of the elements that are not zero; it is 1 where all are.

    >>> element_scales(np.array([3.0, 4.0, 1e-9, 0.0]))
    array([2., 4., 2., 2.])
    """
    size = np.abs(values.ravel()).astype(np.float64, copy=False)
    nonzero = size if size.all() else size[size > 0]
    if nonzero.size == 0:
        return np.ones(size.size)
    median = float(np.partition(nonzero, nonzero.size // 2)[nonzero.size // 2])
    size[size < median * TINY_AGAINST_MEDIAN] = median
    return _power_of_two(np.fmin(np.fmax(size, SMALLEST), LARGEST))


def _power_of_two(values: Array) -> Array:
    """The largest power of two in each of some normal numbers above zero: their bits without those of the fraction.

    >>> _power_of_two(np.array([3.0, 4.0, 0.7]))
    array([2. , 4. , 0.5])
    """
    return (values.view(np.int64) & EXPONENT).view(np.float64)


def usual_scales(values: Array) -> Array:
    """The scale of each element; one for all where there are very many."""
    if values.size <= MANY:
        return element_scales(values)
    return np.broadcast_to(np.median(element_scales(thinned(values))), (values.size,))


def thinned(values: Array) -> Array:
    """Every so manieth element of a large array, as one flat array: enough for a median."""
    flat = values.reshape(-1)
    return flat[:: max(1, flat.size // MANY)]


def patterned(size: int, pattern: Array, scales: Array) -> Array | Pattern:
    """A pattern over and over again, times the scale of each element.

    >>> patterned(5, np.array([1.0, -1.0]), np.full(5, 2.0)), patterned(0, np.zeros(0), np.zeros(0)).shape
    (array([ 2., -2.,  2., -2.,  2.]), (0,))
    """
    if size > CHUNK and scales.strides == (0,):
        return Pattern(pattern * scales[0], size)
    return np.asarray(np.resize(pattern, size) * scales)
