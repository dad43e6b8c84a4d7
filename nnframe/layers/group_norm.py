"""GroupNorm: the features of each example in groups, each with its own mean and variance."""

from __future__ import annotations

import math

import attrs
import numpy as np
from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array
from nnframe.arrays.parallel import for_each
from nnframe.checks import positive, whole_from_one
from nnframe.errors import ShapeError
from nnframe.interfaces import Context, Layer, Result
from nnframe.layers.normalization import Rescaling, pieces, side_by_side, sums_of_places

__all__ = ["GroupNorm"]


@frozen
class GroupNorm(Layer[Rescaling]):
    """y = scale · (x - μ) / √(σ² + ε) + shift, with μ and σ² over all places and a group of features of an example.

    With one group that is layer norm over places and features, with as many groups as features instance norm.
    Source: Wu and He 2018. (batch, ..., features) -> the same.

    Args:
        groups: How many groups of neighbouring features.
        epsilon: ε.

    >>> layer = GroupNorm(1)
    >>> x = np.array([[[1.0], [3.0]]])
    >>> layer.forward(layer.initialize(x, np.random.default_rng(0)), x, Context())[0].ravel().round(3)
    array([-1.,  1.])
    """

    groups: int = attrs.field(validator=whole_from_one)
    epsilon: float = attrs.field(default=1e-5, validator=positive)

    def initialize(self, x: Array, rng: Generator) -> Rescaling:
        if x.ndim < 2:
            raise ShapeError(f"GroupNorm expects (batch, ..., features), got {x.shape}: flatten or reshape the input")
        if x.shape[-1] % self.groups:
            raise ShapeError(f"GroupNorm needs features that its {self.groups} groups divide, got {x.shape[-1]}")
        return Rescaling(np.ones(x.shape[-1]), np.zeros(x.shape[-1]))

    def forward(self, parameters: Rescaling, x: Array, context: Context) -> Result[Rescaling]:
        batch, features = x.shape[0], x.shape[-1]
        places = math.prod(x.shape[1:-1])
        k = side_by_side(places, features)
        wide = x.reshape(batch, places // k, k * features)
        mean, square = self._moments(wide, features)
        if np.any(mean * mean > _FAR * (square - mean * mean)):  # Their difference would lose digits: centre x first.
            wide = wide - _tiled(mean, k)
            mean, square = self._moments(wide, features)
        inverse = 1 / np.sqrt(np.maximum(square - mean * mean, 0) + self.epsilon)
        slope = inverse * parameters.scale
        slopes, shifts = _tiled(slope, k), _tiled(parameters.shift - mean * slope, k)
        y = np.empty_like(wide)

        def fill(some: slice) -> None:
            part = np.multiply(wide[some], slopes[some], out=y[some])
            part += shifts[some]

        for_each(fill, pieces(wide), x.size)

        def pullback(dy: Array) -> tuple[Array, Rescaling]:
            upstream, dx, scale = dy.reshape(wide.shape), np.empty_like(wide), parameters.scale
            sums, products = _sums(upstream, wide, features)
            products -= mean * sums
            lean = self._shared(products * scale, places) * inverse**3
            leans = _tiled(lean, k)
            levels = _tiled(self._shared(sums * scale, places) * inverse - lean * mean, k)

            def pull(some: slice) -> None:
                part = np.multiply(upstream[some], slopes[some], out=dx[some])
                part -= wide[some] * leans[some]
                part -= levels[some]

            for_each(pull, pieces(wide), x.size)
            return dx.reshape(x.shape), Rescaling((products * inverse).sum(0), sums.sum(0))

        return y.reshape(x.shape), pullback

    def _moments(self, wide: Array, features: int) -> tuple[Array, Array]:
        """The means of x and of x² of each group, (batch, features), the same for all features of a group."""
        places = wide.shape[1] * wide.shape[2] // features
        sums, squares = _sums(wide, wide, features)
        return self._shared(sums, places), self._shared(squares, places)

    def _shared(self, sums: Array, places: int) -> Array:
        """Sums of each feature as the means of their groups."""
        batch, features = sums.shape
        each = features // self.groups
        means = sums.reshape(batch, self.groups, each).sum(2) / (each * places)
        shared: Array = means.repeat(each, 1)
        return shared


_FAR = 4


def _sums(a: Array, b: Array, features: int) -> tuple[Array, Array]:
    """Σ a and Σ a b over the places, (batch, features)."""
    sums, products = np.empty((2, len(a), features), a.dtype)

    def fill(some: slice) -> None:
        sums[some] = sums_of_places(a[some], features)
        products[some] = np.einsum("npk,npk->nk", a[some], b[some]).reshape(-1, a.shape[2] // features, features).sum(1)

    for_each(fill, pieces(a), a.size)
    return sums, products


def _tiled(values: Array, k: int) -> Array:
    """Values of each feature, for k places side by side."""
    each: Array = np.concatenate([values] * k, 1)[:, None]
    return each
