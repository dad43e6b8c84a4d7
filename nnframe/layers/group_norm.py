"""GroupNorm: the features of each example in groups, each with its own mean and variance."""

from __future__ import annotations

import attrs
import numpy as np
from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array
from nnframe.arrays.sums import sum_columns
from nnframe.checks import positive, whole_from_one
from nnframe.compiled import compiles
from nnframe.compiled.groups import normalise_groups, pull_normalised_groups
from nnframe.errors import ShapeError
from nnframe.interfaces import Context, Layer, Result
from nnframe.interfaces.parameters import constant_parameter
from nnframe.layers.columns import side_by_side
from nnframe.layers.moments import measure_columns, share
from nnframe.layers.normalization import Rescaling, in_range

__all__ = ["GroupNorm"]

_LONG = 128
"""Numbers that make a row long enough for a compiled loop."""

_FEW = 128
"""Rows whose sum keeps its digits."""


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
        return Rescaling(constant_parameter(1.0, x.shape[-1]), constant_parameter(0.0, x.shape[-1]))

    def forward(self, parameters: Rescaling, x: Array, context: Context) -> Result[Rescaling]:
        if compiles(x, parameters.scale, parameters.shift):
            found = self._by_loops(parameters, x)
            if found is not None:
                return found
        return self._by_columns(parameters, x)

    def _by_columns(self, parameters: Rescaling, x: Array) -> Result[Rescaling]:
        found, groups = measure_columns(x, x.shape[0], self.groups, self.epsilon), self.groups
        columns, mean, inverse = found.columns, found.mean, found.inverse
        slope = inverse * parameters.scale
        y = columns.rescaled(mean, slope, np.broadcast_to(parameters.shift, slope.shape).copy())

        def pullback(dy: Array) -> tuple[Array, Rescaling]:
            sums, products = columns.products(dy, mean)
            count = max(x.size // max(x.shape[0] * groups, 1), 1)
            level = share(sums * parameters.scale, groups) * inverse / count
            lean = share(products * parameters.scale, groups) * inverse * inverse * inverse / count
            dx = found.enlarge(columns.pulled(dy, mean, slope, level, lean))
            return dx.reshape(x.shape), Rescaling(sum_columns(products * inverse), sum_columns(sums))

        return y.reshape(x.shape), pullback

    def _by_loops(self, parameters: Rescaling, x: Array) -> Result[Rescaling] | None:
        """The same in one walk each way, if compiled: k places side by side, which keeps their inner loops long.

        None where squares are out of range.
        """
        batch, features = x.shape[0], x.shape[-1]
        places = x.size // (batch * features)
        k = side_by_side(places, features, max(_LONG, places * features // _FEW))
        wide, y, scale = x.reshape(batch, -1, k * features), np.empty_like(x), parameters.scale
        mean, inverse = np.empty((2, batch, self.groups), x.dtype)
        normalise_groups(wide, scale, parameters.shift, self.epsilon, y.reshape(wide.shape), mean, inverse)
        if not in_range(inverse):
            return None

        def pullback(dy: Array) -> tuple[Array, Rescaling]:
            upstream, dx = np.ascontiguousarray(dy, x.dtype).reshape(wide.shape), np.empty_like(wide)
            dscale, dshift = sums = np.zeros((2, features))
            pull_normalised_groups(wide, scale, mean, inverse, upstream, dx, dscale, dshift)
            return dx.reshape(x.shape), Rescaling(*sums.astype(x.dtype))

        return y, pullback
