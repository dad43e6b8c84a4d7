"""Large arrays in little memory: read in pieces, or made of numbers that repeat."""

from __future__ import annotations

import numpy as np
from attrs import field, frozen

from nnframe.arrays import Array, Integers

__all__ = ["CHUNK", "Pattern", "Signs", "add_in_pieces", "split_into_pieces"]

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


@frozen(eq=False)
class Signs:
    """``+scale`` or ``-scale`` for each element, from 0 and 1; a byte each until they are read.

    >>> signs = Signs(np.array([1, 0, 1], dtype=np.int8), 2.0)
    >>> signs[1:3], len(signs)
    (array([-2.,  2.], dtype=float32), 3)
    """

    bits: Integers
    scale: float

    def __len__(self) -> int:
        return len(self.bits)

    def __getitem__(self, index: slice | Integers) -> Array:
        signs = (2 * self.bits[index] - 1).astype(np.float32)
        return np.multiply(signs, self.scale, out=signs if 1e-30 < self.scale < 1e30 else None)


def split_into_pieces(size: int) -> list[slice]:
    """Return the pieces of a flat array that stay in the cache.

    >>> split_into_pieces(2**17 + 1)
    [slice(0, 131072, None), slice(131072, 131073, None)]
    """
    return [slice(start, min(start + CHUNK, size)) for start in range(0, size, CHUNK)]


def add_in_pieces(target: Array, shift: Array | Pattern | Signs, factor: float = 1.0) -> None:
    """Add a factor times a shift to a flat array in place, in its own dtype.

    >>> values = np.array([1.0, 2.0], np.float32)
    >>> add_in_pieces(values, np.array([0.5, 0.0]))
    >>> values
    array([1.5, 2. ], dtype=float32)
    """
    for piece in split_into_pieces(target.size):
        np.add(target[piece], factor * shift[piece], out=target[piece], casting="same_kind")
