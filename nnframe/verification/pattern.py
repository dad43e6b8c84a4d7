"""Pattern: numbers that repeat over a very large array, without the array."""

from __future__ import annotations

import numpy as np
from attrs import field, frozen

from nnframe.arrays import Array, Integers

__all__ = ["CHUNK", "Pattern"]

CHUNK = 2**17
"""Elements that are worked on at once, so that they stay in the cache."""


@frozen(eq=False)
class Pattern:
    """What an array of ``size`` numbers would hold in which some numbers repeat; read in pieces of CHUNK at most.

    >>> pattern = Pattern(np.array([1.0, 2.0, 3.0]), 5)
    >>> pattern[2:5], pattern[np.array([4, 0])]
    (array([3., 1., 2.]), array([2., 1.]))
    """

    numbers: Array
    size: int
    _tiled: Array = field(init=False)

    @_tiled.default
    def _lay_out(self) -> Array:
        length = len(self.numbers)
        return np.resize(self.numbers, min(self.size, CHUNK) + length)

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, index: slice | Integers) -> Array:
        if not isinstance(index, slice):
            return self.numbers[index % len(self.numbers)]
        start, stop, _ = index.indices(self.size)
        first = start % len(self.numbers)
        return self._tiled[first : first + stop - start]
