"""PReLU: a rectifier whose slope below zero is learnt."""

from __future__ import annotations

import attrs
from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array, namespace
from nnframe.errors import ShapeError
from nnframe.initializers import Constant
from nnframe.interfaces import Context, Initializer, Layer, Result
from nnframe.layers.columns import side_by_side
from nnframe.layers.convert import as_initializer

__all__ = ["PReLU", "Slope"]


@frozen(eq=False)
class Slope:
    """The parameters of PReLU."""

    slope: Array
    """(features,)"""


@frozen
class PReLU(Layer[Slope]):
    """y = x where x > 0, else slope · x, with a slope for each feature (the last axis).

    Source: He et al. 2015, "Delving deep into rectifiers". (batch, ..., features) -> the same.

    Args:
        slope_initializer: Where the slopes begin: a quarter, as in the paper.

    >>> import numpy as np
    >>> y, pullback = PReLU().forward(Slope(np.array([0.5])), np.array([[-2.0], [3.0]]), Context())
    >>> y.ravel(), pullback(np.ones((2, 1)))[1].slope
    (array([-1.,  3.]), array([-2.]))
    """

    slope_initializer: Initializer = attrs.field(default=Constant(0.25), converter=as_initializer, kw_only=True)

    def initialize(self, x: Array, rng: Generator) -> Slope:
        if x.ndim < 2:
            raise ShapeError(f"PReLU expects (batch, ..., features), got {x.shape}: flatten or reshape the input")
        return Slope(self.slope_initializer((x.shape[-1],), rng))

    def forward(self, parameters: Slope, x: Array, context: Context) -> Result[Slope]:
        xp, slope = namespace(x), parameters.slope
        k = side_by_side(x.size // max(x.shape[-1], 1), x.shape[-1])
        wide = xp.reshape(x, (x.size // max(k * x.shape[-1], 1), k * x.shape[-1]))
        slopes = xp.concat([slope] * k)
        below = xp.minimum(wide, 0.0)
        y = xp.maximum(wide, 0.0)
        y += below * slopes

        def pullback(dy: Array) -> tuple[Array, Slope]:
            upstream = xp.reshape(dy, wide.shape)
            dslope = xp.sum(xp.reshape(xp.sum(upstream * below, axis=0), (k, x.shape[-1])), axis=0)
            dx = upstream * (wide > 0)  # Not where(): it is slow on signs that change at random.
            dx += (upstream * (wide <= 0)) * slopes
            return xp.reshape(dx, x.shape), Slope(dslope)

        return xp.reshape(y, x.shape), pullback
