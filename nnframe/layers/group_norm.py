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
        mean, inverse = np.empty((2, batch, features), x.dtype)
        y, shifts = np.empty_like(wide), np.tile(parameters.shift, k)

        def fill(some: slice) -> None:
            mean[some] = self._means(wide[some], features)
            part = np.subtract(wide[some], _tiled(mean[some], k), out=y[some])
            inverse[some] = 1 / np.sqrt(self._means(part * part, features) + self.epsilon)
            part *= _tiled(inverse[some] * parameters.scale, k)
            part += shifts

        for_each(fill, pieces(wide), x.size)

        def pullback(dy: Array) -> tuple[Array, Rescaling]:
            upstream, dx, scale = dy.reshape(wide.shape), np.empty_like(wide), parameters.scale
            sums, products = np.empty((2, batch, features), x.dtype)  # Σ dy and Σ dy (x - μ) over the places.

            def pull(some: slice) -> None:
                up, turn = upstream[some], inverse[some]
                share = wide[some] - _tiled(mean[some], k)
                part = np.multiply(up, share, out=dx[some])
                sums[some], products[some] = sums_of_places(up, features), sums_of_places(part, features)
                share *= _tiled(self._shared(products[some] * scale, places) * turn**3, k)
                share += _tiled(self._shared(sums[some] * scale, places) * turn, k)
                np.multiply(up, _tiled(scale * turn, k), out=part)
                part -= share

            for_each(pull, pieces(wide), x.size)
            return dx.reshape(x.shape), Rescaling((products * inverse).sum(0), sums.sum(0))

        return y.reshape(x.shape), pullback

    def _means(self, wide: Array, features: int) -> Array:
        """The mean of each group, (batch, features), the same for all features of a group."""
        places = wide.shape[1] * wide.shape[2] // features
        return self._shared(sums_of_places(wide, features), places)

    def _shared(self, sums: Array, places: int) -> Array:
        """Sums of each feature as the means of their groups."""
        batch, features = sums.shape
        each = features // self.groups
        means = sums.reshape(batch, self.groups, each).sum(2) / (each * places)
        shared: Array = means.repeat(each, 1)
        return shared


def _tiled(values: Array, k: int) -> Array:
    """Values of each feature, for k places side by side."""
    each: Array = np.concatenate([values] * k, 1)[:, None]
    return each
