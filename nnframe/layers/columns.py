"""The columns of (batch, places, features): moments over the places, and what normalisations do with them.

NumPy adds up, and applies a vector to, row by row; where rows are short that is slower than the arithmetic. So sums
are products with a vector of ones, and k short rows are treated as one. And since each step is a walk through memory,
all steps are taken for a few rows before the next ones are touched.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Protocol, TypeAlias

import numpy as np
from attrs import field, frozen

from nnframe.arrays import Array
from nnframe.arrays.parallel import for_each
from nnframe.arrays.sums import blocks, sum_columns
from nnframe.compiled import compiles
from nnframe.compiled.columns import add_products, add_squares, pull_columns, rescale
from nnframe.layers.normalization import pieces

__all__ = ["Columns", "columns_of", "side_by_side"]

Piece: TypeAlias = tuple["slice[Any, Any, Any]", "slice[Any, Any, Any]"]

_FAR = 4


class Columns(Protocol):
    """The columns of x. All arguments and results but x, dy and y are (batch, features)."""

    def moments(self) -> tuple[Array, Array]:
        """Return mean and variance of each column."""

    def rescaled(self, mean: Array, slope: Array, shift: Array) -> Array:
        """Return (x - mean) slope + shift, in x's shape."""

    def products(self, dy: Array, mean: Array) -> tuple[Array, Array]:
        """Return Σ dy and Σ dy (x - mean) of each column."""

    def pulled(self, dy: Array, mean: Array, slope: Array, level: Array, lean: Array) -> Array:
        """Return slope dy - level - lean (x - mean), in x's shape."""


def columns_of(x: Array, batch: int, *others: Array) -> Columns:
    """Return the columns of x (..., features), whose first axes are a batch and places, ``batch`` times so many.

    Args:
        x: The array.
        batch: How many examples have columns of their own; 1 makes columns of the whole.
        others: What else a compiled loop would meet.

    >>> columns_of(np.array([[[1.0], [3.0]]]), 1).moments()
    (array([[2.]]), array([[1.]]))
    """
    features = x.shape[-1]
    whole = x.reshape(batch, x.size // max(batch * features, 1), features)
    return _Compiled(whole) if compiles(whole, *others) else _Walked(whole)


@lru_cache(maxsize=256)
def side_by_side(places: int, features: int, most: int = 1024) -> int:
    """Return how many rows to treat as one of at most so many numbers: a divisor of ``places``.

    >>> side_by_side(784, 32), side_by_side(7, 1000)
    (28, 1)
    """
    longest = max(min(most // max(features, 1), places), 1)
    return next(k for k in range(longest, 0, -1) if places % k == 0)


@frozen(eq=False)
class _Wide:
    """What both ways have in common: k places side by side, as one row."""

    x: Array
    k: int = field(init=False)
    wide: Array = field(init=False)
    """(batch, places / k, k · features)"""

    @k.default
    def _find_k(self) -> int:
        return side_by_side(self.x.shape[1], self.x.shape[2], self.width)

    @wide.default
    def _find_wide(self) -> Array:
        return self.widened(self.x)

    @property
    def width(self) -> int:
        """How many numbers make a row that is long enough."""
        return 1024

    def widened(self, x: Array) -> Array:
        """Return an array of x's size in the wide shape."""
        batch, places, features = self.x.shape
        return x.reshape(batch, places // self.k, self.k * features)

    def tiled(self, values: Array) -> Array:
        """Return values of each feature for k places side by side, (batch, k · features)."""
        return np.concatenate([values] * self.k, 1) if self.k > 1 else values

    def together(self, wide: Array) -> Array:
        """Return what stands side by side added up: (..., k · features) -> (..., features)."""
        return sum_columns(wide.reshape(*wide.shape[:-1], self.k, self.x.shape[2])) if self.k > 1 else wide


@frozen(eq=False)
class _Walked(_Wide):
    """Columns by NumPy."""

    def moments(self) -> tuple[Array, Array]:
        places = max(self.x.shape[1], 1)
        mean, squares = (sums / places for sums in self._sums(self.wide, self.wide))
        variance = squares - mean * mean
        if np.any(mean * mean > _FAR * variance):  # Their difference has lost digits: centre x first.
            centred = self.wide - self.tiled(mean)[:, None]
            off, squares = (sums / places for sums in self._sums(centred, centred))
            mean, variance = mean + off, squares - off * off
        return mean, np.maximum(variance, 0)

    def rescaled(self, mean: Array, slope: Array, shift: Array) -> Array:
        wide = self.wide
        means, slopes, shifts = (self.tiled(each)[:, None] for each in (mean, slope, shift))
        y = np.empty_like(wide)

        def fill(some: Piece) -> None:
            part, own = y[some], some[0]
            np.subtract(wide[some], means[own], out=part)
            part *= slopes[own]
            part += shifts[own]

        for_each(fill, self._cut(), wide.size)
        return y.reshape(self.x.shape)

    def products(self, dy: Array, mean: Array) -> tuple[Array, Array]:
        return self._sums(self.widened(dy), self.wide, self.tiled(mean)[:, None])

    def pulled(self, dy: Array, mean: Array, slope: Array, level: Array, lean: Array) -> Array:
        wide, upstream = self.wide, self.widened(dy)
        slopes, leans, levels = (self.tiled(each)[:, None] for each in (slope, lean, level - mean * lean))
        dx = np.empty_like(wide)

        def fill(some: Piece) -> None:
            part, own = dx[some], some[0]
            np.multiply(upstream[some], slopes[own], out=part)
            part -= wide[some] * leans[own]
            part -= levels[own]

        for_each(fill, self._cut(), wide.size)
        return dx.reshape(self.x.shape)

    def _sums(self, a: Array, b: Array, means: Array | None = None) -> tuple[Array, Array]:
        """Σ a and Σ a (b - mean) over the places, (batch, features)."""

        def share(some: Piece) -> tuple[Array, Array]:
            part, other = a[some], b[some] if means is None else b[some] - means[some[0]]
            return sum_columns(part), np.einsum("npk,npk->nk", part, other)

        cut = self._cut()
        totals = np.zeros((2, len(a), a.shape[2]))  # in float64: the pieces may be many
        for some, both in zip(cut, for_each(share, cut, a.size), strict=True):
            totals[:, some[0]] += both
        sums, products = self.together(totals.astype(a.dtype))
        return sums, products

    def _cut(self) -> list[Piece]:
        """Pieces of the wide array: some examples, or some rows of the only one."""
        if len(self.wide) == 1:
            return [(slice(0, 1), some) for some in pieces(self.wide[0])]
        return [(some, slice(None)) for some in pieces(self.wide)]


@frozen(eq=False)
class _Compiled(_Wide):
    """Columns by compiled loops, which walk through x once or twice for each of these."""

    @property
    def width(self) -> int:
        return 512

    def moments(self) -> tuple[Array, Array]:
        mean = self.together(sum_columns(self.wide)) / self.x.shape[1]
        squares = self._zeros(1)
        add_squares(self.wide, self.tiled(mean), squares[0])
        return mean, self.together(sum_columns(squares[0])) / self.x.shape[1]

    def rescaled(self, mean: Array, slope: Array, shift: Array) -> Array:
        y = np.empty_like(self.wide)
        rescale(self.wide, self.tiled(mean), self.tiled(slope), self.tiled(shift), y)
        return y.reshape(self.x.shape)

    def products(self, dy: Array, mean: Array) -> tuple[Array, Array]:
        totals = self._zeros(2)
        add_products(self.wide, self.tiled(mean), self._like(dy), totals[0], totals[1])
        sums, products = self.together(sum_columns(totals))
        return sums, products

    def pulled(self, dy: Array, mean: Array, slope: Array, level: Array, lean: Array) -> Array:
        dx, means, slopes = np.empty_like(self.wide), self.tiled(mean), self.tiled(slope)
        pull_columns(self.wide, means, slopes, self.tiled(level), self.tiled(lean), self._like(dy), dx)
        return dx.reshape(self.x.shape)

    def _like(self, dy: Array) -> Array:
        return np.ascontiguousarray(self.widened(dy), self.x.dtype)

    def _zeros(self, count: int) -> Array:
        """So many values for each column and block of the wide array."""
        batch, rows, width = self.wide.shape
        return np.zeros((count, batch, blocks(rows), width), self.x.dtype)
