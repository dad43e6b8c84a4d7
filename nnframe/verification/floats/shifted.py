"""Shifted: what an array holds once its elements have moved, without the array."""

from __future__ import annotations

import numpy as np
from attrs import evolve, field, frozen

from nnframe.arrays import Array
from nnframe.verification.floats.blocked import CHUNK, Pattern

__all__ = ["Shifted", "pieces"]


@frozen(eq=False)
class Shifted:
    """``value + shift`` in the value's own dtype, read in pieces of CHUNK at most.

    Args:
        value: What is moved, which nothing writes to meanwhile.
        shift: How far each of its elements moves (flat).
        start: The first element, counted in the flat array.

    >>> moved = Shifted(np.array([[1.0, 2.0, 3.0]]), np.array([0.5, 0.0, 1.0]))
    >>> moved[0:2], moved.part(slice(1, 3))[0:2], moved.array()
    (array([1.5, 2. ]), array([2., 4.]), array([[1.5, 2. , 4. ]]))
    """

    value: Array
    shift: Array | Pattern
    start: int = 0
    _flat: Array = field(init=False)

    @_flat.default
    def _lay_out(self) -> Array:
        return self.value.reshape(-1)

    def __getitem__(self, index: slice) -> Array:
        there = slice(self.start + index.start, self.start + index.stop)
        return np.asarray(self._flat[there] + self.shift[there]).astype(self.value.dtype, copy=False)

    def part(self, index: slice) -> Shifted:
        """The same from another element on."""
        return evolve(self, start=self.start + index.indices(self._flat.size)[0])

    def array(self) -> Array:
        """All of it, as an array."""
        moved = np.empty(self.value.shape, self.value.dtype)
        flat = moved.reshape(-1)
        for piece in pieces(flat.size):
            flat[piece] = self[piece]
        return moved


def pieces(size: int) -> list[slice]:
    """The pieces of a flat array that stay in the cache.

    >>> pieces(2**17 + 1)
    [slice(0, 131072, None), slice(131072, 131073, None)]
    """
    return [slice(start, min(start + CHUNK, size)) for start in range(0, size, CHUNK)]
