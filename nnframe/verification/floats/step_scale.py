"""Step scales: the unit of each element's steps, a power of two near its own size."""

from __future__ import annotations

import numpy as np
from attrs import frozen

from nnframe.arrays import Array, Integers
from nnframe.verification.floats.blocked import CHUNK, Pattern

__all__ = ["MANY", "StepScales", "compute_step_scales", "repeat_scaled", "thin"]

TINY_AGAINST_MEDIAN = 2.0**-6
MANY = 2**16
SMALLEST, LARGEST = 2.0**-1000, 2.0**1000
EXPONENT = np.int64(0x7FF0 << 48)
"""The bits of a float64 that hold its exponent."""


@frozen(eq=False)
class StepScales:
    """The scale of each element of a variable, worked out where it is asked for.

    A scale is a power of two near |θ|, or near the variable's median where |θ| is tiny against it. The median is that
    of the elements that are not zero, of a large variable of a part of them; it is 1 where all are zero.

    Args:
        values: The variable, flat.
        median: The median of the sizes that are not zero; 0 where all are.

    >>> scales = StepScales.of(np.array([3.0, 4.0, 1e-9, 0.0]))
    >>> scales[:], scales[np.array([1])], scales.usual[1:3]
    (array([2., 4., 2., 2.]), array([4.]), array([4., 2.]))
    """

    values: Array
    median: float

    @classmethod
    def of(cls, values: Array) -> StepScales:
        """Find the median of a variable."""
        sizes = np.abs(thin(values)).astype(np.float64, copy=False)
        nonzero = sizes if sizes.all() else sizes[sizes > 0]
        middle = nonzero.size // 2
        return cls(values.reshape(-1), float(np.partition(nonzero, middle)[middle]) if nonzero.size else 0.0)

    def __getitem__(self, index: slice | Integers) -> Array:
        sizes = np.abs(self.values[index]).astype(np.float64, copy=False)
        if self.median == 0 and not sizes.any():
            return np.ones(sizes.shape)
        sizes = np.where(sizes < self.median * TINY_AGAINST_MEDIAN, self.median, sizes)
        return _round_to_power_of_two(np.fmin(np.fmax(sizes, SMALLEST), LARGEST))

    @property
    def usual(self) -> Array:
        """The scale of each element; one for all where there are very many."""
        if self.values.size <= MANY:
            return self[:]
        return np.broadcast_to(np.median(self.thinned), (self.values.size,))

    @property
    def thinned(self) -> Array:
        """The scales of some elements, enough for a median."""
        return StepScales(thin(self.values), self.median)[:]


def compute_step_scales(values: Array) -> Array:
    """Return the scale of each element, flat.

    >>> compute_step_scales(np.array([3.0, 4.0, 1e-9, 0.0]))
    array([2., 4., 2., 2.])
    """
    return StepScales.of(values)[:]


def _round_to_power_of_two(values: Array) -> Array:
    """The largest power of two in each of some normal numbers above zero: their bits without those of the fraction.

    >>> _round_to_power_of_two(np.array([3.0, 4.0, 0.7]))
    array([2. , 4. , 0.5])
    """
    return (values.view(np.int64) & EXPONENT).view(np.float64)


def thin(values: Array) -> Array:
    """Return every so manieth element of a large array, as one flat array: enough for a median."""
    flat = values.reshape(-1)
    return flat[:: max(1, flat.size // MANY)]


def repeat_scaled(size: int, numbers: Array, scales: Array) -> Array | Pattern:
    """Return some numbers over and over again, times the scale of each element.

    >>> repeat_scaled(5, np.array([1.0, -1.0]), np.full(5, 2.0)), repeat_scaled(0, np.zeros(0), np.zeros(0)).shape
    (array([ 2., -2.,  2., -2.,  2.]), (0,))
    """
    if size > CHUNK and scales.strides == (0,):
        return Pattern(numbers * scales[0], size)
    return np.asarray(np.resize(numbers, size) * scales)
