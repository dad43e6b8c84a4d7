"""GroupNorm: the features of each example in groups, each with its own mean and variance."""

from __future__ import annotations

import math

import attrs
import numpy as np
from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array
from nnframe.checks import positive, whole_from_one
from nnframe.errors import ShapeError
from nnframe.interfaces import Context, Layer, Result
from nnframe.layers.normalization import Rescaling, side_by_side, sums_of_places

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
        centred = wide - self._tiled(self._means(wide, features), k)
        y = np.square(centred)
        inverse = 1 / np.sqrt(self._means(y, features) + self.epsilon)
        np.multiply(centred, self._tiled(inverse * parameters.scale, k), out=y)
        y += np.tile(parameters.shift, k)

        def pullback(dy: Array) -> tuple[Array, Rescaling]:
            upstream = dy.reshape(wide.shape)
            product = upstream * centred
            by_example = sums_of_places(upstream, features), sums_of_places(product, features)
            gradient = Rescaling((by_example[1] * inverse).sum(0), by_example[0].sum(0))
            shift, slope = (self._shared(sums * parameters.scale, places) for sums in by_example)
            dx = upstream * self._tiled(parameters.scale * inverse, k)
            np.multiply(centred, self._tiled(slope * inverse**3, k), out=product)
            product += self._tiled(shift * inverse, k)
            dx -= product
            return dx.reshape(x.shape), gradient

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
        shared: Array = np.repeat(means, each, 1)
        return shared

    def _tiled(self, values: Array, k: int) -> Array:
        return np.tile(values, k)[:, None]
